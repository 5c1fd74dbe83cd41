"""Figures over a slow link: the program on a far host, its terminal here, and a real sshd between them."""
