"""The program with and without ``--full-redraw``, driven alike, through several terminals, compared cell by cell."""
