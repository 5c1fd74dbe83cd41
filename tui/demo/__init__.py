"""The embedded demo: sample calls and the server that answers with them."""
