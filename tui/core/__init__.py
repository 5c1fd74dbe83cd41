"""The pure core: what a call is and how it is read. Knows neither Textual, httpx nor SQLite."""
