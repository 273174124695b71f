"""The Socket.IO namespaces of the pages."""
