"""The private names of Textual that this program leans on, all of them: an upgrade of Textual begins here.

A test holds this list against our sources and against the Textual that is installed.
"""

DRIVER = frozenset(
    {
        "_app",  # who takes messages, and the loop on which it does
        "_loop",
        "_debug",  # handed on to Textual's parser
        "_file",  # where Textual's own driver writes
        "_get_terminal_size",  # called when the window has changed
        "_run_input_thread",  # prints a fault, and reports success
        "_sigtstp_application",  # what signals of job control do, in the middle of whatever runs
        "_sigcont_application",
        "_must_signal_resume",  # whether the app is told that it goes on
        "_in_band_window_resize",  # what a clever terminal was asked for, to be taken back
        "_disable_in_band_window_resize",
        "_mouse",  # whether the mouse is taken, and how
        "_enable_mouse_support",
        "_disable_mouse_support",
        "_enable_mouse_pixels",
        "_mouse_pixels",
    }
)
"""Of ``textual.drivers.linux_driver.LinuxDriver``; its module for keys, ``textual._xterm_parser``, is private too."""

APP = frozenset(
    {
        "_driver",  # what a text for the clipboard, and the wish to redraw, go to
        "_post_message",  # the only way in that tells when a message was taken
        "_handle_exception",  # prints local variables
        "_exit",  # whether it is leaving
        "_exception",  # the first fault, and who waits for it
        "_exception_event",
        "_return_code",
        "_close_messages_no_wait",  # the end after a fault
    }
)
"""Of ``textual.app.App``."""

PUMP = frozenset(
    {
        "_closing",  # whether it takes messages no more
        "_message_queue",  # whether anything waits for it
        "_layout_required",  # whether what has changed is not laid out yet, which scrolls and clicks go by
        "_callbacks",  # of a screen: what it does once it has drawn, such as to scroll
    }
)
"""Of ``MessagePump``, ``Widget`` and ``Screen``; ``textual._queue.Queue``, where messages wait, is private too."""
