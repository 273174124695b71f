"""The web: pages, the JSON interface, and the Socket.IO namespaces of the pages."""
