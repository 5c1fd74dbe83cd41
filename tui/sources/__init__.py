"""Where a call comes from: the API, the archive, a file, standard input. Knows no screen and no Textual."""
