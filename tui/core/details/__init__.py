"""What is known of a call besides its transcript, as plain values; nothing is fetched or drawn here."""
