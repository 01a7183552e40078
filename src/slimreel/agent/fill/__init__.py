"""What fills the parameters of an operation from the pieces of a request, a room for each kind of operation."""
