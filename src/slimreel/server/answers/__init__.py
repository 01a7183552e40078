"""What calls answer, as types: the description of the API is made of them, and the code that answers is checked by
them before it runs. While it serves nothing is: tests hold real answers to the description."""
