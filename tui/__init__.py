"""omni-transcripts: read the transcript of a voice call as a chat in the terminal."""

__version__ = "0.1.0"
