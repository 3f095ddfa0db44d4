"""Taking a whole store from a folder to a server and back, without losing what somebody changed meanwhile."""
