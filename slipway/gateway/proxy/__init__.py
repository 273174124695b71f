"""The proxy: client and engine connections, and the calls between them."""
