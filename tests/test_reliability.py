"""What is promised of hostile and broken input, and the tests that hold each promise: the table cannot rot unseen.

Every named test fails when the protection is taken out. A name that is not found here is a promise without a guard.
"""

from __future__ import annotations

import importlib

import pytest

PROMISES = {
    # text that is safe to show
    "line ends, tabs, surrogates": """core.text.test_text: every_line_end_becomes_a_line_feed tab_becomes_spaces
        invalid_characters_are_replaced""",
    "control sequences": """core.text.test_text: sgr_is_removed_and_the_word_stays_whole nested_sequences
        a_complete_sequence_is_one_visible_sign an_unterminated_string_swallows_no_word
        an_unterminated_csi_loses_its_introducer_only a_string_hides_neither_lines_nor_pages""",
    "no control is left": "core.text.test_text: other_controls_are_shown any_result_obeys_the_rules",
    "bidirectional tricks": "core.text.test_text: overrides_and_isolates_are_shown ordinary_text_is_unchanged",
    "invisible characters and emoji": """core.text.test_text: invisible_characters_are_dropped every_emoji_is_unchanged
        a_joiner_with_nothing_to_join_is_dropped a_selector_stays_right_after_a_base_only
        tags_are_kept_only_in_flags""",
    "marks and long graphemes": """core.text.test_text: at_most_eight_marks_on_a_base run_time_is_linear
        a_long_grapheme_is_split_without_visible_loss a_flood_takes_less_than_a_tenth_of_a_second
        app.test_hostile: marks_piled_up_stay_in_their_row""",
    "total and idempotent": "core.text.test_text: safe_is_idempotent clean_text_is_the_same_object",
    # every way to a terminal
    "screen and status": """terminal.test_canary: a_call_is_read_copied_and_exported server_errors_are_shown_safely
        a_poisoned_library_lists_recent_calls_safely environment_variables_are_shown_safely
        screens.test_presenters: everything_foreign_in_the_header_is_safe
        terminal.test_screen_buffer: stray_controls_in_text_do_not_reach_the_terminal""",
    "clipboard": "app.test_copy: copied_text_is_safe",
    "streams and files": """test_canary: every_export_is_safe_to_show server_errors_are_shown_safely
        arguments_are_shown_safely files_and_their_names_are_shown_safely variables_are_shown_safely
        program_faults_are_shown_safely every_part_of_an_error_line_is_safe
        commands.test_search: output_is_safe output_of_a_poisoned_library_is_safe""",
    "markup": """app.test_hostile: markup_and_sequences_in_a_turn_are_shown
        markup_and_sequences_in_the_record_are_shown a_hostile_id_is_shown app.test_prompt: offers_are_shown_as_they_are
        app.test_find: the_query_is_shown_without_markup app.test_export_dialog: names_are_shown_as_they_are""",
    "hostile ids": """core.test_call_id: what_cannot_be_an_id_is_refused
        an_encoded_id_is_one_segment_that_decodes_to_the_id
        api.test_target: a_hostile_id_stays_one_segment api.test_client: a_bad_id_is_refused_before_any_request""",
    "pastes": """terminal.test_paste_filter: a_hostile_paste_triggers_no_keys pastes_contain_no_escapes
        pastes_are_bounded_one_by_one a_paste_does_not_depend_on_read_boundaries
        app.test_prompt: a_paste_of_ten_megabytes_is_bounded an_end_marker_within_a_paste_is_data
        app.test_find: ten_megabytes_pasted_into_the_find_are_bounded
        terminal.test_poor_terminals: a_paste_of_megabytes_stays_data""",
    # the network and the key
    "https, or loopback": """api.test_target: any_other_base_is_refused plain_http_to_this_machine_is_allowed
        api.test_client: the_environment_cannot_redirect_plain_http""",
    "no redirect": "api.test_client: a_redirect_is_not_followed api.test_errors: a_redirect_names_only_its_host",
    "where the key comes from": """store.test_credentials: a_file_accessible_to_others_is_refused
        an_empty_file_is_refused commands.test_auth: a_key_is_stored_used_shown_and_deleted
        a_refused_key_is_not_stored other_key_sources_precede_the_keyring the_key_cannot_be_an_argument
        store.test_credentials:
        a_private_file_overrides_the_environment api.test_target:
        an_invalid_key_is_refused_without_quoting_it""",
    "where the key never is": """test_key: the_key_is_in_no_stream_and_no_file the_key_is_in_no_fault_report
        the_key_in_a_record_is_in_no_output api.test_client: a_key_in_any_field_of_a_record_is_not_shown test_key:
        the_key_is_on_no_screen_or_command_line api.test_errors: a_key_sent_back_is_not_shown
        api.test_client: no_error_leads_to_the_key api.test_target: settings_do_not_show_the_key
        sources.test_calls: the_representation_contains_no_key""",
    "attempts and pauses": """api.test_retries: the_third_failure_is_final permanent_failures_are_not_retried
        a_later_permanent_failure_ends_the_attempts
        the_servers_pause_overrides_ours retry_after_zero_still_pauses
        api.test_client: an_excessive_pause_fails_at_once app.test_fetch: the_seconds_left_are_counted_down
        api.test_errors: retry_after_is_parsed any_retry_after_is_a_pause_or_invalid""",
    "statuses": """api.test_errors: every_status_has_its_own_message the_code_decides_in_both_shapes
        test_cli: every_answer_has_its_exit_status a_missing_call_or_transcript_exits_with_3
        a_refusal_exits_with_4 an_unreachable_server_exits_with_5
        api.test_client: an_invalid_answer_is_named app.test_fetch:
        a_failure_is_explained_and_r_retries""",
    "connections": """api.test_network: a_bad_certificate_is_named a_self_signed_certificate_is_named
        an_untrusted_certificate_is_named an_unknown_name_is_named a_refused_connection_is_named
        a_broken_connection_is_retried_and_named""",
    "deadlines": """api.test_network: a_slow_answer_meets_a_deadline_and_two_more_attempts
        the_overall_deadline_ends_all_attempts a_server_that_never_accepts_meets_a_deadline
        cancelling_closes_the_connection_at_once
        app.test_fetch: a_fetch_shows_progress_and_ends_with_escape""",
    "bodies": """api.test_network: a_body_that_ends_early_is_incomplete a_body_beyond_the_limit_stops_at_it
        a_body_that_cannot_be_decompressed_is_refused a_bomb_costs_less_than_100_mb
        api.test_body: a_bomb_is_decompressed_a_mebibyte_at_a_time""",
    "JSON": """api.test_json_suite: valid_json_is_accepted invalid_json_is_refused_with_a_reason
        a_body_is_a_transcript_or_a_clean_error api.test_strict: invalid_json_is_named_by_its_cause
        api.test_wire: any_bytes_are_read_or_refused""",
    "shapes": """api.test_wire: any_json_is_read_or_refused roles_and_texts_of_every_type
        unusual_times_stay_and_are_named
        an_invalid_time_is_dropped_kept_raw_and_named app.test_hostile: anomalies_are_reported_once
        an_old_empty_transcript_says_so_and_is_fetched_again""",
    "sizes": """app.test_limits: two_hundred_thousand_turns_are_shown a_turn_of_a_megabyte_is_read_to_its_end
        app.test_hostile: a_hundred_thousand_turns_are_read_like_a_hundred""",
    "another call's answer": """api.test_wire: another_calls_transcript_is_refused
        api.test_records: another_calls_record_is_refused""",
    "two fetches, or none any more": """app.test_fetch: of_two_fetches_the_last_wins
        leaving_in_the_middle_of_a_fetch_closes_the_connection
        api.test_network: concurrent_fetches_are_independent""",
    "settings": """store.test_settings: invalid_settings_are_reported
        test_cli: invalid_settings_start_nothing the_longest_transcript_is_a_setting""",
    # exports
    "CSV": """core.export.test_data: no_cell_begins_like_a_formula csv_reads_back_strictly
        no_position_begins_like_a_formula a_spreadsheet_reads_only_text""",
    "HTML and Markdown": """core.export.test_pages: html_is_inert_and_reads_the_same
        markdown_is_inert_in_every_dialect
        html_of_a_hostile_record_is_inert_and_reads_the_same markdown_of_a_hostile_record_is_inert_and_reads_the_same
        markdown_is_inert_and_reads_the_same
        html_allows_nothing_but_its_style""",
    "subtitles": """core.export.test_subtitles: two_readers_agree_about_srt two_readers_agree_about_vtt
        every_turn_with_text_is_shown_whole
        srt_shows_markup_as_text_and_notes_it a_player_shows_every_word cues_keep_the_order_sent the_rules_of_times""",
    "file names": """core.export.test_registry: default_names_are_portable
        app.test_export_dialog: a_hostile_call_id_gives_a_harmless_file_name""",
    "targets": """store.test_files: a_file_is_replaced_only_by_force a_target_that_is_no_regular_file_is_refused
        a_missing_directory_is_named a_failed_write_leaves_only_the_old_file
        a_file_that_appears_meanwhile_is_not_replaced a_new_file_is_private_and_whole
        app.test_export_dialog: a_file_that_exists_is_overwritten_only_when_asked_again""",
    "killed, or no room": """store.test_killed: a_killed_export_leaves_no_part_of_a_file a_full_disk_leaves_the_old_file
        a_file_has_no_name_while_it_is_written without_unnamed_files_writing_stays_atomic_and_private
        concurrent_writers_leave_one_whole_file test_process: a_full_disk_exits_with_7""",
    "the library": """store.test_library: concurrent_writers_lose_nothing
        an_empty_file_is_initialised_in_place
        any_damage_raises_only_our_errors a_path_that_is_no_regular_file_is_left_alone
        a_full_disk_is_reported_and_loses_nothing a_killed_transaction_loses_nothing
        a_long_wait_for_the_lock_is_reported a_read_only_library_can_be_read a_missing_home_is_reported
        the_library_and_its_journal_are_private the_key_is_not_in_the_file
        app.test_kept: a_damaged_library_is_reported_once
        an_unusable_library_is_reported_and_the_call_shown sources.test_archive: trouble_is_reported_once""",
    "the version of the library, and its damage": """store.test_database: every_earlier_version_is_migrated
        a_newer_version_is_left_as_it_is extra_tables_are_no_damage
        a_damaged_file_is_quarantined_and_replaced a_damaged_file_yields_nothing
        quarantined_files_are_numbered_and_never_overwritten side_files_go_with_a_quarantined_file
        commands.test_search: a_damaged_library_is_reported a_newer_library_is_reported_and_left_unchanged""",
    "numbers of any size": """core.test_call: no_number_in_any_field_breaks_what_is_shown_or_written
        a_length_that_cannot_be_is_the_turns commands.test_odd_calls: a_cached_impossible_length_is_reported_once
        every_format_reports_an_impossible_length_once
        app.test_odd_calls: an_impossible_length_is_reported_once""",
    "a kept row": """store.test_library: another_account_finds_nothing an_invalid_row_is_ignored
        the_key_of_a_named_account_may_change invalid_text_is_replaced
        sources.test_archive: an_invalid_cached_transcript_is_ignored without_a_key_nothing_is_found
        only_keys_of_the_same_account_find_a_call a_refused_key_gets_no_cached_call
        records_are_stored_without_links_and_transcripts
        terminal.test_canary: a_cached_call_is_shown_safely""",
    "what is kept can be removed": """commands.test_cache: all_stored_files_are_listed_and_removed
        replaced_calls_leave_no_trace_in_the_file
        foreign_files_stay a_failed_removal_is_reported
        files_that_cannot_be_removed_are_reported""",
    "what is offered": """app.test_prompt: recent_calls_are_offered_with_their_facts
        another_account_is_offered_nothing_of_the_first files_and_standard_input_are_offered_nowhere
        where_nothing_can_be_looked_up_nothing_is_offered a_disk_that_is_slow_holds_nothing_up""",
    # terminals
    "signals": """terminal.test_signals: a_signal_ends_the_app_and_restores_the_terminal
        a_hanging_program_is_killed a_signal_ends_a_waiting_export
        an_ignored_signal_stays_ignored""",
    "lost or poor terminals": """terminal.test_lost_terminal: a_hang_up_ends_it
        a_hang_up_without_sighup_ends_it_soon
        a_dumb_terminal_is_refused_with_a_message redirected_standard_error_is_refused_with_a_message""",
    "job control": """terminal.test_signals: ctrl_z_restores_the_terminal_and_fg_resumes
        stray_sigcont_only_redraws""",
    "faults of the program": """terminal.test_faults: a_fault_restores_the_terminal_and_writes_a_private_report
        a_fault_is_reported_without_a_home_directory
        store.test_fault_reports: a_report_holds_no_message_no_variable_and_no_path""",
    "window sizes": """terminal.test_sizes: a_too_small_window_shows_a_message_and_quits
        resizing_keeps_the_reading_position many_resizes_end_in_a_correct_screen""",
    "locales and colours": """terminal.test_poor_terminals: every_term_is_readable
        without_colour_hits_stay_distinguishable a_missing_locale_still_gets_utf_8""",
    "a terminal that stops reading": """terminal.test_lost_terminal: exit_does_not_wait_for_a_blocked_terminal
        a_terminal_that_resumes_reading_gets_the_current_screen""",
    "floods and endless searches": """terminal.test_poor_terminals: a_flood_of_input_uses_bounded_memory
        terminal.test_backlog: reading_pauses_while_a_queue_is_full
        app.test_limits: a_flood_of_keys_is_dealt_with_in_order a_query_is_no_expression_by_default
        core.test_search: an_expression_that_backtracks_for_ever_is_stopped a_whole_search_is_limited_in_time
        app.test_find: an_endless_expression_is_stopped
        sources.test_archive: an_endless_expression_is_stopped_in_library_searches
        a_search_that_takes_too_long_ends_early""",
}  # fmt: skip


def held_by(promise: str) -> list[tuple[str, str]]:
    """The tests that hold a promise, as module and function."""
    named, module = list[tuple[str, str]](), ""
    for word in PROMISES[promise].split():
        if word.endswith(":"):
            module = f"tests.{word[:-1]}"
        else:
            named.append((module, f"test_{word}"))
    return named


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_held_by_tests_that_exist(promise: str) -> None:
    missing = [
        f"{module}::{name}"
        for module, name in held_by(promise)
        if not callable(getattr(importlib.import_module(module), name, None))
    ]
    assert held_by(promise)
    assert missing == []
