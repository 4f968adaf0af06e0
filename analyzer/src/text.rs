//! Everything the interface says, in one table ready for translation: another language is another value of [`Text`], and
//! the compiler names what it lacks. It knows no component; what the engine finds, the engine says.

macro_rules! texts {
    ($($name:ident: $english:expr;)*) => {
        /// A language of the interface. `{name}` marks a place that [`fill`] fills; `one|many` is for [`counted`].
        pub(crate) struct Text { $(pub(crate) $name: &'static str,)* }

        /// American English, the language there is.
        pub(crate) const TEXT: Text = Text { $($name: $english,)* };
    };
}

texts! {
    // The frame
    name: "Candor";
    room: "Analyzer";
    skip_to_content: "Skip to the content";
    open_another: "Open another file";
    close: "Close the file";
    printed: "printed {day}";
    closed: "{name} is closed, and gone from this tab’s memory.";
    back_to_report: "Back to the report";
    project_save: "Save this project";
    project_making: "Making the project file.";
    contents: "The report’s pages";
    page_brief: "Brief";
    page_integrity: "Integrity";
    page_change: "Change";
    page_drivers: "Drivers";
    page_voices: "Voices";
    page_segments: "Segments";
    page_value: "Value";
    page_data: "Data";
    page_card: "Evidence card";
    personal_show: "Show personal data";
    personal_what: "E-mail addresses, phone, card and account numbers in texts are masked, here and in what is exported. Names of people are not recognized.";
    names_hide: "Hide names: show A, B, C instead";
    names_examples: "hidden with the names";
    names_comment: "This comment may name a unit. Show names to read it.";
    names_comments: "Names are hidden, in the comments too, wherever they are written as the file has them. What a comment tells may still say who is meant.";
    names_small: "a small unit";
    names_sentence: "This sentence names units. Show names to read it.";

    // The filters
    filter_label: "Among which responses";
    filter_all: "All {n}";
    filter_some: "{n} of {all}: {words}";
    filter_asked: "Of {all}: {words}";
    filter_since: "from {day} on";
    filter_until: "until {day}";
    filter_member: "{column}: {value}";
    filter_value: "{value} ({n})";
    filter_clear_said: "without answers that carry evidence";
    filter_open: "Choose responses";
    filter_from: "From";
    filter_to: "To";
    filter_segment: "Segment";
    filter_any: "any";
    filter_clear: "Without answers that carry evidence";
    filter_reset: "Show all responses";
    filter_working: "Working it out";
    filter_done: "The report is now of {n}.";
    filter_few: "Too few responses to say anything";
    filter_few_what: "The filters leave {n} in {of}. From 10 on there is a report: fewer would say more about single people than about the score.";

    // Numbers
    points: "{value} point ({low} to {high})|{value} points ({low} to {high})";
    percentage_points: "{value} percentage point ({low} to {high})|{value} percentage points ({low} to {high})";
    interval: "({low} to {high})";
    of_n: "({n})";

    stays_short: "Nothing leaves this machine.";
    stays_more: "How to check";
    stopped: "Something in the analyzer went wrong, and it has stopped. Your file is as it was, and nothing was sent anywhere. Reload the page and open the file again; if it happens again, report this place: {place}.";

    // Opening
    open_title: "Is this score worth believing?";
    open_what: "Candor reads a survey export on this machine and tells you what its score is worth: how sure it is, where it comes from, and which answers look pressured.";
    open_choose: "Choose a file";
    open_drop: "or drop it anywhere on this page, alone or with a plan, a project or a CRM file of yours. Candor’s own NDJSON or CSV, tables, workbooks, Parquet and SPSS files.";
    open_drop_now: "Drop it: it is read here, and stays here.";
    open_sample: "Open the sample";
    open_sample_what: "No file at hand? The sample is a simulated chain of 40 stores with 10,000 answers. Four stores lean on their customers, and the best score is honest: see whether the page finds out.";
    sample_name: "Sample (simulated)";
    sample_truth: "This is a simulation: check the page against what is true";
    sample_pressured: "In four stores, {units}, customers are asked for a ten, links to the survey carry one, staff fill surveys in, who is unhappy is seldom asked, and low scores are lifted at the end of a month.";
    sample_best: "{unit} has the best score because it is the best store. Nobody leans on anybody there.";
    sample_better: "From July 1 on, every store is a little better, and its customers notice.";
    stays_title: "Nothing leaves this machine";
    stays_what: "The file is read by this page, in this tab. There is no upload, no account, and no request after the page has loaded. You can check that:";
    stays_network: "Open the developer tools (F12), choose Network, then open a file: the list stays empty.";
    stays_airplane: "Or turn on airplane mode first. Everything here still works.";
    keep_title: "Without a network";
    keep_file: "The whole analyzer is also one file";
    keep_file_what: " that works from a USB stick: save it, pull the cable, open it.";
    keep_install: "Keep the analyzer on this device";
    keep_install_what: ". It fetches its own files once more, and opens without a network from then on.";
    keep_installing: "Fetching the analyzer’s files.";
    keep_done: "Kept. From now on this address opens without a network.";
    keep_failed: "It could not be kept ({reason}). Nothing has changed; try it again with a network.";
    stays_policy: "The page’s own Content-Security-Policy lets it fetch its program and nothing else; the browser enforces it. It is in the first response’s headers.";

    // Progress
    reading: "Reading {name}";
    reading_rows: "1 row|{n} rows";
    reading_bytes: "{done} of {size}";
    cancel: "Cancel";
    cancelled: "Reading was cancelled. Nothing was kept of it.";
    ready: "{name} was read: {n}.";

    // Problems
    problem_title: "This file could not be read";
    problem_plan: "This plan cannot be followed yet";
    problem_partly: "This file could not be read to its end";
    problem_empty: "{name} is empty: it has no bytes. Export it again and choose the new file.";
    problem_browser: "The browser could not read {name} from byte {at} on ({reason}). Was the file moved or changed? Choose it again.";
    problem_kept: "What was read before that is shown below.";
    problem_table: "{name} does not look like a table or like Candor’s own export. Export it as CSV or NDJSON and choose that.";
    problem_nothing: "{name} holds no response that could be read. The rows and what is wrong with each are listed below.";
    problem_no_rows: "{name} has a header but no row below it. Export it with its responses and choose the new file.";
    problem_file_count: "{n} files were chosen: {name}. Choose one survey, or a survey and a CRM file. A definitions.json may come with a responses.csv.";
    problem_plan_alone: "This is a plan for reading a file. Choose it together with the file, or on the page where the file’s plan is shown.";
    problem_project_alone: "This is a project about {name}, which is not in it. Choose both files together.";
    problem_project_title: "This is not the file that the project is about";
    problem_project_other: "{name} does not hold the same bytes as {before} did when the project was saved. It was read by the project’s plan all the same; notes may be about other answers.";
    dismiss: "Dismiss";

    // Skipped rows
    skipped: "1 row could not be read|{n} rows could not be read";
    skipped_listed: "The first {n} of them:";
    repaired: "1 row was read, but not all of it|{n} rows were read, but not all of them";
    row_and_column: "Row {row}, column {column}";
    row_only: "Row {row}";

    // The reading plan
    plan_title: "How should this file be read?";
    plan_title_read: "How this file was read";
    plan_what: "These are guesses from the first rows of {name}. Change what is wrong; nothing is read until you say so.";
    plan_what_read: "This is the plan that {name} was read by. Change it and read the file again; the report stays until then.";
    plan_caption: "The columns that are read";
    plan_part: "What";
    plan_column: "Column in the file";
    plan_why: "Why";
    plan_examples: "Examples";
    plan_none: "none";
    plan_choose: "Choose a column";
    plan_chosen: "You chose it.";
    plan_nothing: "No column is read for this.";
    plan_score: "Score";
    plan_score_what: "the rating itself";
    plan_unit: "Unit";
    plan_unit_what: "agent, store or team";
    plan_time: "Time";
    plan_time_what: "when it was given";
    plan_item: "Another rating";
    plan_item_what: "what may go with the score";
    plan_text: "Text";
    plan_text_what: "the comment";
    plan_another_text: "Another text";
    plan_another_text_what: "a further comment";
    plan_scale: "Scale of the score";
    plan_scale_none: "Choose a scale";
    plan_scale_nps: "0 to 10, as NPS";
    plan_scale_plain: "{low} to {high}";
    plan_dates: "Dates such as 04/05/2026 are";
    plan_day_first: "May 4 (day first)";
    plan_month_first: "April 5 (month first)";
    plan_encoding: "Letters are written in";
    plan_format_ndjson: "Candor’s own NDJSON.";
    plan_format_csv: "Candor’s own responses.csv.";
    plan_format_tool: "An export of {tool} with {header}, cells parted by {delimiter}.";
    plan_format_table: "A table with {header}, cells parted by {delimiter}.";
    plan_header: "1 header row|{n} header rows";
    plan_comma: "commas";
    plan_semicolon: "semicolons";
    plan_tab: "tabs";
    plan_bar: "bars";
    plan_utf8: "UTF-8";
    plan_windows: "Windows-1252";
    plan_other_columns: "1 other column is not read|{n} other columns are not read";
    plan_save: "Save this plan as a file";
    plan_load: "Use a plan from a file";
    plan_keep: "Remember this plan on this device";
    plan_keep_what: ". Then it is offered for files with the same columns. It holds names of columns and labels, no answers, and stays in this browser.";
    plan_held: "This plan is remembered on this device.";
    plan_offered: "A plan for files with these columns is remembered on this device.";
    plan_use: "Use it";
    plan_used: "The plan is in use.";
    plan_forget: "Forget it";
    plan_kept: "The plan is remembered on this device.";
    plan_forgotten: "Nothing of it is kept any more.";
    plan_not_kept: "The browser does not let this page keep anything. Save the plan as a file instead.";
    plans_kept: "1 plan is remembered on this device, for files with the same columns.|{n} plans are remembered on this device, for files with the same columns.";
    plans_forget: "Forget all";
    read_it: "Read it";
    read_again: "Read it again";
    plan_leave: "Choose another file";

    // The report
    purpose_label: "What the answers are for";
    purpose_owner: "Decided by";
    purpose_success: "It was right if";
    purpose_none: "This file does not say what its score is for";
    purpose_none_what: "It names no decision, no owner and no measure of success. Before you act on a number below, say which decision it would change.";
    purpose_no_decision: "The file does not say which decision the answers are for";
    purpose_decision: "The decision that the answers will change";
    purpose_edit: "Edit the purpose";
    purpose_keep: "Keep it";
    purpose_kept: "Kept on this page until the tab is closed, and in what is printed or exported.";

    // The brief
    brief_interval: "Were others like these customers asked, the score would most likely lie in this range. Whether a change is real is told under “Did it change?”.";
    brief_change: "Did it change?";
    brief_change_none: "It cannot be said whether the score changed.";
    brief_change_since: "from {from} to {to}, against as many weeks before";
    brief_change_more: "What the change is made of";
    brief_believe: "How much of it to believe";
    brief_believe_heard: "Coverage";
    brief_believe_pressure: "Pressure";
    brief_believe_careless: "Care";
    brief_heard: "of those who were invited answered. The silent may think otherwise.";
    brief_heard_unknown: "Unknown: the file does not say who was invited and stayed silent.";
    brief_pressure: "of the answers carry strong evidence of pressure.";
    brief_pressure_few: "of {all} answers carries strong evidence of pressure.|of {all} answers carry strong evidence of pressure.";
    brief_pressure_none: "No answer carries strong evidence of pressure. That does not show that there was none.";
    brief_pressure_unknown: "Unknown: this file says nothing about how its answers were given.";
    brief_flagged: "{n} unit stands out by two kinds of evidence.|{n} units stand out by two kinds of evidence.";
    brief_best: " The highest score, that of {unit}, is not among them: a high score is no evidence.";
    brief_careless: "gave one answer to everything, as the careless and the content do.";
    brief_careless_unknown: "Unknown: too few ratings on one scale to tell.";
    brief_first: "What to do first";
    brief_first_none: "Nothing in this file calls for an answer.";
    brief_not_found: "Not found, which does not show that there are none: {list}.";
    not_found_pressure: "units that stand out";
    not_found_words: "comments that tell of a score that was asked for";
    brief_of_all: "Of all {n}: those that carry evidence are left out of the rest of this page.";
    pressure_of_all: "This is of all {n}: the filter leaves out those that carry evidence.";
    brief_unknown: "This data cannot tell {list}.";
    brief_unknown_why: "Why not";
    brief_print: "Print this page";
    responses_used: "1 response|{n} responses";
    responses_span: "from {from} to {to}";
    responses_day: "on {day}";
    list_and: "{first} and {last}";
    score_none: "No response has a score";
    score_none_what: "Without a score there is no NPS and no distribution. The comments and what the signals say are below.";
    score_asked: "“{question}”";
    score_nps: "NPS";
    score_top_box: "Top box";
    score_mean: "Mean";
    score_scores: "1 score|{n} scores";

    // The distribution
    distribution_label: "How the scores are spread";
    distribution_drawn: "How often each score from {low} to {high} was given, n\u{a0}=\u{a0}{n}.";
    distribution_hint: "Choose a bar to read the responses behind it.";
    distribution_finding_nps: "{promoters} gave a 9 or 10, {detractors} gave 6 or less";
    distribution_finding: "{share} gave a {mode}, more than any other score";
    distribution_detractors: "detractors";
    distribution_passives: "passives";
    distribution_promoters: "promoters";
    distribution_bar: "Score {score}: {n}, {share}";
    distribution_score: "Score";
    distribution_share: "Share";

    as_table: "Show as a table";
    picture_save: "Save the picture as";
    picture_svg: "SVG";
    picture_png: "PNG";

    // Units
    units_label: "The same by {unit}";
    units_label_plain: "The same by unit";
    units_finding: "From {low} for {lowest} to {high} for {highest}";
    units_finding_overlap: "The highest and the lowest overlap: {highest} and {lowest} may not differ";
    units_finding_one: "Only {unit} has enough scores to show: {value}";
    units_drawn: "{statistic} of each with its 95% interval, highest first, n beside it, and all responses together as a dotted line. The short upright mark is the score to expect next time, with the luck taken out of it. Where intervals overlap, the order may be chance.";
    units_all_together: "all {value}";
    units_unit: "Unit";
    units_n: "n\u{a0}=\u{a0}{n}";
    units_strong: "1 strong|{n} strong";
    units_hidden: "1 unit is not shown|{n} units are not shown";
    units_all: "Draw all {n} units";
    units_none: "Every unit has too few scores to be shown";
    units_row: "{unit}: {value}, {n}. Show the responses.";
    units_value: "Value";
    units_low: "Low";
    units_high: "High";
    units_next: "Expected next time";

    // Evidence
    evidence_label: "How freely the scores were given";
    evidence_finding: "1 of {all} responses carries strong evidence of pressure|{n} of {all} responses carry strong evidence of pressure";
    evidence_finding_some: "No response carries strong evidence of pressure; 1 carries some|No response carries strong evidence of pressure; {n} carry some";
    evidence_finding_mute: "This file cannot say how freely its scores were given";
    evidence_finding_none: "No response carries evidence of pressure";
    evidence_by_chance: "If reasons of different kinds met by chance alone within each unit, {n} would be strong.";
    evidence_what: "Evidence is a reason to look, never a verdict: each reason leaves an honest explanation.";
    evidence_none: "No evidence";
    evidence_some: "Some evidence";
    evidence_strong: "Strong evidence";
    evidence_none_what: "Nothing speaks of pressure; nothing certifies its absence either.";
    evidence_some_what: "One kind of reason to look.";
    evidence_strong_what: "Reasons of two kinds that agree.";
    evidence_count: "1 response|{n} responses";
    evidence_show: "{what}: {n}, {share}. Show them.";
    evidence_levels_drawn: "Responses by how much evidence they carry, n\u{a0}=\u{a0}{n}.";
    evidence_levels_hint: "Choose a count to read the responses behind it.";
    evidence_level: "Level";
    evidence_reasons: "The reasons, and what else they may mean";
    evidence_no_reasons: "No reason was met.";
    evidence_reason: "Reason";
    evidence_n: "Responses";
    evidence_share: "Share";
    evidence_alternative: "The honest alternative";
    evidence_differ: "In 1 response the page claimed something else than its own signals say.|In {n} responses the page claimed something else than their own signals say.";
    evidence_agree: "Wherever the page made a claim, it agrees with what was recomputed.";
    evidence_reason_row: "{sentence} {n}. Show them.";

    // Integrity
    integrity_title: "How freely were the scores given?";
    integrity_what: "What stands here is evidence, not a verdict. Every piece of it leaves an honest explanation, and none is held against anybody alone.";
    firm_label: "Evidence about everybody";
    ranked_mute_label: "Units";
    ranked_mute: "What the units answered, without evidence to look at";
    ranked_label: "Units, those with the most evidence first";
    ranked_untested: "Units by how many of their answers carry strong evidence";
    ranked_none: "No unit stands out";
    ranked_some: "1 unit stands out, by two kinds of evidence that agree|{n} units stand out, by two kinds of evidence that agree";
    ranked_what: "Ordered by how strong the evidence is, not by how good the score is: first by how well two kinds of it agree, then by the strongest one.";
    ranked_hint: "Choose a unit to see all that speaks for pressure on it, and against.";
    ranked_best: "The highest score, {value} at {unit}, is not among them: a high score is no evidence.";
    ranked_score: "Score (95% interval)";
    ranked_adjusted: "Adjusted p";
    ranked_says: "What it says";
    ranked_untested_short: "not tested";
    ranked_stands_out: "stands out";
    ranked_as_others: "like the others";
    ranked_not_out: "does not stand out";
    ranked_speaks: "one kind of evidence|{n} kinds, but weak";
    ranked_all: "List all {n} units";
    funnel_none: "All {n} units lie where units of their size are expected";
    funnel_some: "1 of {all} units lies outside of where 95% of units of their size are expected; by chance alone it would be about {expected}|{n} of {all} units lie outside of where 95% of units of their size are expected; by chance alone it would be about {expected}";
    funnel_drawn: "{statistic} of each unit against its number of scores, {n}. The inner band holds 95% of units of a size, the outer one 99.8%; chance and the units’ own differences are both in it. The dotted line is the average unit.";
    funnel_low: "Expected from";
    funnel_high: "Expected to";
    funnel_size: "scores of the unit";
    without_drawn: "{statistic} of all {all} scores, and of the {rest} whose answers carry no evidence.";
    without_label: "The score without answers that carry evidence";
    without_with: "As reported";
    without_without: "Without answers that carry evidence";
    looked_label: "What was looked at";
    looked_units: "usable for 1 unit|usable for {n} units";

    // The evidence card
    card_back: "Back to Integrity";
    card_none: "There is no such unit in this report";
    card_score: "Score {value}, {n}.";
    card_adjusted: "Two kinds of evidence agree here better than chance makes them agree among so many units ({p}, adjusted for all units that were tested; the smaller it is, the less chance explains).";
    card_adjusted_chance: "No two kinds of evidence agree here better than chance makes them agree among so many units ({p}, adjusted for all units that were tested).";
    card_evidence: "This is evidence, not a verdict.";
    card_evidence_what: "Before anybody acts on it: read the answers behind it, hear the people it is about, and think through the honest explanations.";
    card_suspects: "What answers that carry evidence do to its score";
    card_speaks: "Speaks for pressure ({p}). One kind of evidence alone flags nobody.";
    card_quiet: "Nothing unusual ({p}).";
    card_silent: "Could not be looked at:";
    card_absent: "Not usable:";
    card_found: "Found {value}";
    card_found_interval: "Found {value} ({low} to {high})";
    card_usual: "usual {value}";
    card_but: "But:";
    card_behind_strong: "The answer with strong evidence|The {n} answers with strong evidence";
    card_behind_all: "All answers of this unit";
    card_behind_hidden: "The answers name the unit; show names to read them.";
    portrait_label: "How its answers came";
    portrait_span: "{from} to {to}";
    portrait_days: "Days";
    portrait_top: "Top ratings";
    portrait_usual: "Usual";
    portrait_timeline: "Its ratings over time, the top ratings among them filled where there are 10 ratings or more; the tallest bar has {most}.";
    portrait_ends: "The bands are the last days of the periods that scores are paid for.";
    portrait_no_ends: "The plan does not say what scores are paid for, so no ends of periods are marked.";
    portrait_spread: "How often it got each rating, n\u{a0}=\u{a0}{n}. The dashed line is how often each would be among as many ratings of all others; honest units differ from it too.";
    portrait_devices: "On {day}, {again} of {n} answers came from devices that answered again and again";
    portrait_devices_drawn: "The days with the most answers of devices that had answered three times or more that day (filled), among all of known devices, kiosks left out; and how many one device had given by then.";
    portrait_device: "{again} of {n}; one gave {most}";
    portrait_runs: "The longest run is {n} ratings of {rating} {minutes}";
    portrait_runs_drawn: "The longest runs of one rating, each at most five minutes after the one before it. A group of customers may answer together, and agree.";
    portrait_run: "{when}: {n} ratings of {rating} in a row {minutes}";
    portrait_minutes: "within 1 minute|within {n} minutes";
    portrait_coverage: "{own} of those who were invited answered, of all {all}";
    portrait_coverage_drawn: "Share of sampled invitations that led to a score, with its 95% interval, n\u{a0}=\u{a0}{n}.";
    card_quotes: "What was written of it";
    card_quotes_what: "Comments that say that a score was asked for. The writer may be joking, or speaking of another shop.";
    card_quotes_all: "Show the answer|Show all {n} answers";
    card_note: "Your note";
    card_table: "All channels of this unit";
    card_channel: "Channel";
    card_expected: "Usual";
    card_p: "p";
    card_reason: "Why not usable";

    // Findings
    conclusions_label: "In words, with their tests";
    conclusions_not_found: "Looked for, not found";
    conclusions_open: "Cannot be concluded";
    conclusions_but: "What else it may be:";
    conclusions_tested: "{test}, n\u{a0}=\u{a0}{n}{p}.";

    // Change
    change_title: "Did the score change?";
    change_fell: "The score fell, by more than chance explains";
    change_rose: "The score rose, by more than chance explains";
    change_unknown: "Whether the score changed cannot be told";
    parts_label: "The last period against the one before";
    parts_rate: "most of it in the units themselves";
    parts_mix: "most of it is which units the answers come from";
    parts_against: "the units’ own scores went the other way";
    parts_unknown: "the parts below may be chance";
    parts_drawn: "{statistic} {before} (n\u{a0}=\u{a0}{nb}) and {after} (n\u{a0}=\u{a0}{na}), and what lies between them: {difference}, {p}. Bars begin where the one above ends; thin lines are 95% intervals.";
    parts_what: "Units’ own: what units that are in both periods changed themselves. Mix: answers that moved between units.";
    parts_before: "Before";
    parts_after: "After";
    parts_own: "Units’ own";
    parts_moved: "Mix of units";
    parts_opened: "New units";
    parts_closed: "Units gone";
    parts_difference: "Difference";
    parts_part: "Part";
    parts_from: "From";
    parts_to: "To";
    compare_label: "Two sides of your own choice";
    compare_what: "Compare";
    compare_periods: "two periods";
    compare_units: "two units";
    compare_segments: "two segments";
    compare_first: "First";
    compare_second: "Second";
    compare_choose: "Choose one";
    compare_none: "Choose both sides to see them beside each other.";
    compare_unknown: "Whether the two sides differ cannot be told";
    compare_higher: "The second side is higher, by more than chance explains";
    compare_lower: "The second side is lower, by more than chance explains";
    compare_drawn: "{statistic} first {before} (n\u{a0}=\u{a0}{nb}), second {after} (n\u{a0}=\u{a0}{na}), and what lies between them: {difference}, {p}. Thin lines are 95% intervals.";
    compare_caution: "You chose these sides: of twenty comparisons of sides that do not differ, one looks like a difference.";
    trend_label: "Week by week";
    trend_once: "The level moved once, in the week from {day}";
    trend_often: "The level moved {n} times, last in the week from {day}";
    trend_never: "No week is found at which the level moved";
    trend_fell: "The level fell gradually; no week stands out";
    trend_rose: "The level rose gradually; no week stands out";
    trend_wavered: "The level moved up and down gradually; no week stands out";
    trend_drawn: "{statistic} of each week with its 95% interval, {n}. Thick lines are levels between which it moved, with the band of their 95% interval; weeks with fewer than 10 scores are not drawn.";
    trend_drawn_curve: "{statistic} of each week with its 95% interval, {n}. The thick line is the curve along which it moved, with the band of its 95% interval; weeks with fewer than 10 scores are not drawn.";
    trend_when: "When";
    trend_what: "What";
    trend_level: "level";
    trend_curve: "curve";
    trend_week: "week";

    // Drivers
    drivers_title: "What goes with the score?";
    drivers_what: "What goes with the score need not move it. These are places to try something, not proofs.";
    drivers_label: "Share of the score’s differences";
    drivers_finding: "“{driver}” has the largest part of the {share} that the other ratings account for";
    drivers_unknown: "No rating can be named as what drives the score";
    drivers_drawn: "How much of the differences in the score each rating accounts for, averaged over all orders, with its 95% interval, {n}.";
    drivers_rating: "Rating";
    drivers_share: "Share";
    drivers_johnson: "Relative weight";
    drivers_correlation: "Correlation";
    drivers_performance: "Performance";
    drivers_slope: "If it rose by one point";
    rise_label: "If one rating rose by one point";
    rise_finding: "Where “{driver}” is one point higher and the others are the same, the score is higher by {points}";
    rise_unknown: "No rating can be named with which the score rises while the others stay";
    rise_drawn: "By how many points of its scale the score differs between answers that differ by one point in this rating and in no other, with its 95% interval, {n}. What goes with the score need not move it.";
    priorities_label: "Where there is much to gain";
    priorities_finding: "“{driver}” matters more than the average rating, and has more than half of its scale above it";
    priorities_none: "No rating is both important and low";
    priorities_unknown: "No rating can be named as important, so none as the first to raise";
    priorities_drawn: "The same ratings by number: importance upward, and how well each does to the right, from 0% at the lowest point of its scale to 100% at the highest. Much importance and room above meet at the upper left of the dashed lines, the average importance and half of the scale; numbers that would cover each other stand side by side.";
    priorities_height: "importance";
    priorities_axis: "performance";

    // Voices
    voices_title: "What do the comments say?";
    comments: "1 comment|{n} comments";
    comments_head: "Comments";
    search_label: "Search the comments";
    search_words: "Words or a part of one";
    search_go: "Show the answers";
    mismatch_label: "Where score and words disagree";
    mismatch_what: "A low score with kind words, or a high one with unkind words: the scale may have been misread, or the score was not the writer’s own.";
    mismatch_read: "Read these answers";
    asked_label: "A score that was asked for";
    asked_none: "None of {all} tells of a score that was asked for";
    asked_some: "{n} of {all} tells of a score that was asked for|{n} of {all} tell of a score that was asked for";
    asked_drawn: "By what the comment tells of; one comment may tell of several. Lists of phrases take some innocent comments with them.";
    asked_kind: "What it tells of";
    asked_read: "Read the answers whose comments say so";
    cue_names_score: "Names a score";
    cue_names_questions: "Names questions, or how to answer them";
    cue_names_consequences: "Names consequences";
    cue_seen: "Says that answers will be seen";
    cue_intimidates: "Tells of pressure in person";
    cue_incentive: "Tells of a reward";
    cue_staff_filled: "Says that staff filled it in";
    cue_only_if_happy: "Says that only the happy were asked";
    sentiment_label: "How kind the comments are";
    sentiment_kind: "The English comments are kind on the whole";
    sentiment_unkind: "The English comments are unkind on the whole";
    sentiment_neither: "The English comments are neither kind nor unkind on the whole";
    sentiment_drawn: "Mean sentiment (VADER) of comments that are English for certain, with its 95% interval, {n}.";
    sentiment_mean: "Mean";
    sentiment_low: "−1 unkind";
    sentiment_high: "1 kind";
    phrases_label: "What comes again and again";
    phrases_finding: "“{phrase}” comes most often";
    phrases_drawn: "Phrases of English comments and how many of {n} have them; the table has the mean rating beside each.";
    phrases_phrase: "Phrase";
    phrases_mean: "Mean rating";
    languages_label: "Languages";
    languages_finding: "{share} are in {language}";
    languages_unknown: "The comments are too short to tell their language";
    languages_drawn: "Languages of {n} of {all}, evenly spread over the file.";
    languages_language: "Language";
    language_en: "English";
    language_es: "Spanish";
    language_de: "German";
    language_fr: "French";
    language_pt: "Portuguese";
    language_it: "Italian";
    language_nl: "Dutch";
    language_unknown: "too short to tell";

    // Segments
    segments_title: "Who scores how?";
    cross_label: "One grouping by another";
    cross_rows: "Down";
    cross_columns: "Across";
    cross_none: "Choose two columns to see the score of each combination.";
    cross_finding: "1 of {all} combinations differs from all other answers|{n} of {all} combinations differ from all other answers";
    cross_finding_none: "No combination can be told from all other answers";
    cross_drawn: "{statistic} of each combination with its 95% interval. A bold one with ▲ or ▼ lies above or below all other answers together, at a false discovery rate of 5%; combinations with fewer than 10 scores are not shown.";
    cross_few: "fewer than 10";
    cross_few_units: "1 combination has no test: it, or all other answers, lie in fewer than {least} units, which is too few to tell a difference from one between units.|{n} combinations have no test: they, or all other answers, lie in fewer than {least} units, which is too few to tell a difference from one between units.";
    cross_nobody: "nobody";
    cross_above: "above the others";
    cross_below: "below the others";
    weights_switch: "Weight to the customers by {columns}";
    weights_said: "Weighted by {columns}: each group counts as often as there are customers of it. {n}, worth {effective} of equal weight.";
    weights_without: "1 score has no group and is left out.|{n} scores have no group and are left out.";
    weights_none: "Weights are off: the plan does not say how many customers there are";
    weights_needed: "To weight the answers to the customers, the plan must say how many customers there are in each group of a column. Save the plan as a file, add a line like this one with your own numbers, and read this file by it:";
    weights_plan: "See the plan";
    heard_label: "Who is heard";
    heard_finding: "{share} of those who were invited gave a score";
    heard_drawn: "Share of sampled invitations that led to a score, with its 95% interval, n\u{a0}=\u{a0}{n}; units with fewer than 10 invitations are left out.";
    heard_all: "All";
    heard_sampled: "Invited";
    heard_answered: "Answered";
    heard_rate: "Response rate";
    weighted_label: "Weighted to the customers";
    weighted_said: "Weighted by {columns}: {weighted}. As it is: {raw}.";
    others_label: "Other scores";

    // Data
    data_title: "What was read, and how?";
    rows_label: "Rows";
    rows_all: "In the file";
    rows_skipped: "Could not be read";
    rows_tests: "Tests, left out";
    rows_repeated: "In the file before, left out";
    rows_superseded: "Replaced by a later sending, left out";
    rows_other: "To other surveys, left out";
    rows_used: "Used";
    rows_partial: "Of these, partial";
    columns_label: "Columns";
    columns_show: "Show the column|Show all {n} columns";
    columns_role: "Read as";
    columns_scale: "Scale";
    columns_ignored: "not read";
    export_label: "Take it along";
    export_what: "Made on this machine and saved by your browser; nothing is sent. Numbers are unrounded. No comment is in these files.";
    export_masked: "Personal data in words quoted from the file is masked.";
    export_personal: "Personal data is shown now, and not masked in these files either.";
    export_report: "the whole report";
    export_done: "{name} was handed to the browser to save.";
    export_failed: "The browser did not take {name}. Allow downloads for this page and try again.";

    // What cannot be concluded
    absent_label: "What cannot be concluded";
    absent_score: "The score";
    absent_purpose: "The purpose";
    absent_speed: "Answers faster than reading";
    absent_units: "Units";
    absent_period: "The period";
    absent_skipped: "Rows left out";
    absent_repaired: "Rows repaired";
    absent_flagged: "Which units stand out";
    absent_change: "Whether the score changed";
    absent_trend: "When the level moved";
    absent_parts: "What the change is made of";
    absent_drivers: "What drives the score";
    absent_heard: "Who is not heard";
    absent_weights: "Weights";
    absent_careless: "Careless answers";
    absent_words: "Comments";
    absent_protected: "The protected question";
    absent_channels: "Channels of evidence";
    absent_clustering: "How much units differ";
    subject_score: "the score";
    subject_units: "whether units differ";
    subject_period: "when the answers were given";
    subject_flagged: "which units stand out";
    subject_change: "whether the score changed";
    subject_trend: "when its level moved";
    subject_parts: "what a change is made of";
    subject_drivers: "what drives the score";
    subject_heard: "who is not heard";
    subject_careless: "how carefully people answered";
    subject_words: "whether scores were asked for in words";
    subject_protected: "how many were pressed";
    absent_what: "Left out rather than guessed:";

    // How it was read
    read_plan: "See and change the plan";
    read_from: "{name}, {size}: {rows}.";
    read_no_skipped: "Every row could be read.";

    // Responses behind a number
    behind_all: "All responses";
    behind_among: "Among the responses that are chosen: {words}.";
    behind_label: "The responses behind the number";
    behind_level_none: "Responses without evidence of pressure";
    behind_level_some: "Responses with some evidence of pressure";
    behind_level_strong: "Responses with strong evidence of pressure";
    behind_responses: "Responses";
    behind_unit: "from {unit}";
    behind_score: "with the score {score}";
    behind_reason: "{sentence}";
    behind_with_reason: "with one reason";
    behind_text: "with “{text}”";
    behind_mismatch: "whose score and words disagree";
    behind_mismatch_what: "Among the English comments that were looked at, 2,000 at most: scores in the lower third of the scale with clearly kind words, and in the upper third with clearly unkind ones.";
    behind_count: "{from}–{to} of {n}";
    behind_none: "No response is behind this.";
    behind_previous: "Previous";
    behind_next: "Next";
    behind_pages: "Pages";
    behind_no_score: "no score";
    behind_no_text: "No comment.";
    behind_score_of: "Score {score}";
    behind_row: "row {row}";
    behind_claim_differs: "The page claimed: {level}{reasons}.";
    behind_claim_reasons: " ({reasons})";
    behind_unknown_time: "no time";
    behind_unknown_unit: "no unit";
    behind_waiting: "Looking them up.";
    behind_gone: "These responses are no longer in memory. Open the file again to read them.";

    // Value
    value_title: "What is the score worth?";
    value_what: "Join the answers with what your CRM knows of each customer: revenue, lifetime value, who left, onboarding. Everything here is an association between customers, and none of it says what a better score would earn.";
    value_stays: "The CRM file is read on this machine like the survey, and nothing of it is stored or sent. Of keys only a hash is kept.";
    value_choose: "Choose a CRM file";
    value_another: "Choose another CRM file";
    value_drop: "or drop it on this page: a table with a row for each customer, in any format that surveys are read in";
    value_sample: "Join the sample with its CRM file";
    value_sample_what: "Simulated customers of the sample, made on this machine.";
    value_sample_name: "the sample’s CRM file";
    value_remove: "Take the CRM file away";
    value_taken: "{survey} was taken for the survey, {crm} for the CRM file.";
    value_taken_why: "{survey} was taken for the survey because its columns look like answers, {crm} for the CRM file.";
    value_swap: "It is the other way round";
    value_looking: "Looking at {name}.";
    value_looked: "{name} was looked at. The join plan says how it is joined.";
    value_working: "Joining both files";
    value_cancelled: "Reading was cancelled. Nothing was kept of the CRM file.";
    value_awaited: "This project joins {name} ({size}) by {survey} in the survey and {crm} in the CRM file. Choose it again, and both are joined as before.";
    value_awaited_other: "The project was saved with {before} ({size}), and {name} is not the same file. It was joined by the project’s plan all the same.";
    value_awaited_lacks: "The project’s plan reads columns that are not there: {columns}. {name} is joined by a plan that was guessed from it.";
    value_problem: "This file is not joined yet";
    value_plan: "How both files are joined";
    value_plan_caption: "The columns of the CRM file and their parts";
    value_plan_key: "Key in the survey";
    value_plan_column: "Column of {name}";
    value_plan_part: "Part";
    value_plan_save: "Save the join plan";
    value_plan_load: "Use a saved join plan";
    value_plan_bad: "{name} is no join plan. Save one on this page, or choose the CRM file itself.";
    value_save: "Save these numbers as JSON";
    value_chosen: "You chose it.";
    value_no_examples: "empty in the first rows";
    value_decimal: "Fraction behind";
    value_decimal_point: "a point: 1,234.50";
    value_decimal_comma: "a comma: 1.234,50";
    value_part_ignore: "ignore";
    value_part_key: "key";
    value_part_revenue: "revenue";
    value_part_lifetime_value: "lifetime value";
    value_part_churned: "churned";
    value_part_onboarding: "onboarding";
    value_part_segment: "segment";
    value_join: "Who was found";
    value_join_drawn: "Rated answers and customers on both sides. Of several answers of a customer the latest counts; a key in several rows of the CRM file is left out.";
    value_join_answers: "Rated answers";
    value_join_keyless: "without a key";
    value_join_repeated: "replaced by a later answer of the same customer";
    value_join_keys: "Customers who answered";
    value_join_matched: "in the CRM file";
    value_join_unmatched: "not in the CRM file";
    value_join_customers: "Customers in the CRM file";
    value_join_silent: "who did not answer";
    value_join_repeated_rows: "Rows left out because their key stands in several";
    value_join_unread: "Rows of the CRM file that could not be read";
    value_join_what: "What";
    value_join_n: "How many";
    value_join_score_matched: "Score of those found";
    value_join_score_rest: "Score of all other answers";
    value_join_mean_matched: "Mean money of customers who answered";
    value_join_mean_silent: "Mean money of customers who did not";
    value_worth: "What a point is worth";
    value_worth_drawn: "Difference in {measure} between customers who are a point apart{within}, with the 95% interval (HC3). {n}.";
    value_worth_within: ", within {n} segments";
    value_worth_row: "By point";
    value_worth_ratio: "By point, of the typical customer (logarithm)";
    value_money: "Money by score: {column}";
    value_money_drawn: "Median {column} of each group of ratings, with the 95% interval by order statistics. {n}. Groups under 10 are not shown.";
    value_weighted: "Each customer by money";
    value_weighted_drawn: "The score of customers counted alike, and weighted by {measure}. {n}, worth {effective} equal ones.";
    value_weighted_plain: "Counted alike";
    value_weighted_by: "Weighted by money";
    value_best: "The best customers";
    value_best_drawn: "The score of the fifth of customers with the most {measure} ({from} or more) and of the others. {n}.";
    value_best_best: "Best fifth";
    value_best_others: "Others";
    value_churn: "Who left";
    value_churn_drawn: "The share of customers who left, by rating, with Wilson’s 95% interval. {n}.";
    value_churn_before: " Not among them: {n} who had left before they answered.";
    value_onboarding: "Onboarding";
    value_since_drawn: "The score by days from onboarding to the answer, with the 95% interval. {n}.";
    value_took_drawn: "The score by the days that onboarding took, with the 95% interval. {n}.";
    value_days: "{from} to {to} days";
    value_pains: "What the pains cost";
    value_pains_drawn: "The share of {measure} of customers who gave {low} or less and have the pain, among those who wrote or rated it. Shares overlap and must not be added.";
    value_pain_rating: "low rating of “{name}”";
    value_gave: "{low} to {high}";
    value_gave_one: "{low}";
    value_group: "Rating";
    value_name: "Group";
    value_median: "Median";
    value_mean: "Mean (t)";
    value_share_of_money: "Share of all money";
    value_value: "Value";
    value_money_column: "Money";
    value_absent: "Not said here";
    value_few: "under 10";
    customers: "1 customer|{n} customers";
    value_unreadable: "1 cell or row of the CRM file could not be read|{n} cells or rows of the CRM file could not be read";
    value_unreadable_row: "Row {row}: {reason}";

    // Workers
    reading_left: "1 second left|{n} seconds left";
    reading_report: "All rows are read. Working out what they say.";
    problem_format: "The part of the analyzer that reads such files could not be loaded ({reason}). Reload the page while you are online, or save the table as CSV and open that.";
    problem_worker: "The part of the browser that was reading {name} has ended ({reason}). Nothing was kept of it. Choose the file again; if it ends again, close other tabs, because memory may be short.";
    gone_before: "it ended before";
    problem_gone_title: "Responses can no longer be asked for";
    problem_gone: "The part of the browser that kept the responses of {name} has ended ({reason}). The report stays. Open the file again to filter, to compare, or to look at single responses.";
}

/// A text with its `{name}` places filled.
pub(crate) fn fill(text: &str, places: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    // One pass from left to right, so that what is filled in is never searched for places itself.
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        if let Some((_, value)) = places.iter().find(|(place, _)| *place == name) {
            out.push_str(value);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The form of a `one|many` text that fits `n`, its `{n}` not yet filled.
pub(crate) fn form(text: &str, n: u64) -> &str {
    match text.split_once('|') {
        Some((one, _)) if n == 1 => one,
        Some((_, many)) => many,
        None => text,
    }
}

/// A `one|many` text for `n` things: `1 response`, `2,400 responses`.
pub(crate) fn counted(text: &str, n: u64) -> String {
    fill(form(text, n), &[("n", &crate::numbers::count(n))])
}

/// Names one after the other, "and" before the last.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [before @ .., last] if !before.is_empty() => {
            fill(TEXT.list_and, &[("first", &before.join(", ")), ("last", last)])
        }
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_with_and_before_the_last() {
        assert_eq!([&["a"][..], &["a", "b"], &["a", "b", "c"]].map(listed), ["a", "a and b", "a, b and c"]);
    }

    #[test]
    fn places_are_filled_by_name() {
        assert_eq!(fill("Row {row}, column {column}", &[("column", "b"), ("row", "3")]), "Row 3, column b");
    }

    #[test]
    fn what_is_filled_in_is_never_taken_for_a_place() {
        assert_eq!(fill("{name}: {n}", &[("name", "{n}.csv"), ("n", "2")]), "{n}.csv: 2");
    }

    #[test]
    fn counts_choose_their_form() {
        assert_eq!(counted(TEXT.responses_used, 1), "1 response");
        assert_eq!(counted(TEXT.responses_used, 2400), "2,400 responses");
        assert_eq!(counted(TEXT.responses_used, 0), "0 responses");
    }
}
