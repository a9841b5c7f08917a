"""Mail that Munshi sends: to whom it may go, what stands in it, how it is handed to a server."""
