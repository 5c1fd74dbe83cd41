"""All private names of Textual that this program uses: start here when upgrading Textual.

A test compares this list with our sources and with the installed Textual.
"""

DRIVER = frozenset(
    {
        "_app",  # receives messages, on its loop
        "_loop",
        "_debug",  # handed on to Textual's parser
        "_file",  # where Textual's own driver writes
        "_get_terminal_size",  # called when the window has changed
        "_request_terminal_sync_mode_support",  # the first question to the terminal
        "_run_input_thread",  # prints an exception and exits with status 0
        "_sigtstp_application",  # handlers of job-control signals
        "_sigcont_application",
        "_must_signal_resume",  # whether the app gets a resume signal
        "_in_band_window_resize",  # a mode of newer terminals, to be reset at exit
        "_disable_in_band_window_resize",
        "_mouse",  # whether and how the mouse is reported
        "_enable_mouse_support",
        "_disable_mouse_support",
        "_enable_mouse_pixels",
        "_mouse_pixels",
    }
)
"""Of ``textual.drivers.linux_driver.LinuxDriver``; its module for keys, ``textual._xterm_parser``, is private too."""

APP = frozenset(
    {
        "_driver",  # for clipboard sequences and redraws
        "_post_message",  # returns when a message was taken
        "_handle_exception",  # prints local variables
        "_exit",  # whether it is exiting
        "_exception",  # the first exception, and its event
        "_exception_event",
        "_return_code",
        "_close_messages_no_wait",  # exits after an exception
    }
)
"""Of ``textual.app.App``."""

PUMP = frozenset(
    {
        "_closing",  # whether it no longer takes messages
        "_message_queue",  # whether messages are queued
        "_layout_required",  # whether a layout is due; scrolls and clicks depend on it
        "_callbacks",  # of a screen: callbacks after the next drawing, such as scrolls
    }
)
"""Of ``MessagePump``, ``Widget`` and ``Screen``; ``textual._queue.Queue``, where messages wait, is private too. So
is ``textual._styles_cache.StylesCache``, the memory of what a widget looked like."""
