"""One shell and its clients: output, input, flow control, resuming, shell integration. Knows no web and no store."""
