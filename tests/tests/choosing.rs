//! Choosing, comparing and keeping in a real browser: filters, two sides, segments and words give the engine's numbers; Back
//! takes a filter back; plans, pictures and projects are files that the same data comes back from.

use candor_engine::columns::selection::{Member, Selection};
use candor_engine::columns::{Dataset, Filter};
use candor_engine::plan::{Margin, Plan, Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Cross, Crossing, compare, cross, report, report_of};
use candor_engine::world::{Parameters, World};
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, in_each};
use serde_json::json;
use std::path::Path;
use thirtyfour::prelude::*;

/// What a script says of the page.
async fn of_page<T: serde::de::DeserializeOwned>(browser: &Browser, script: &str) -> WebDriverResult<T> {
    browser.driver.execute(script, vec![]).await?.convert()
}

/// Gives a field another value, as a hand would.
async fn sets(browser: &Browser, name: &str, value: &str) -> WebDriverResult<()> {
    browser.driver.query(By::Css(format!("[data-test={name}]"))).first().await?;
    let script = format!(
        "const field = document.querySelector('[data-test={name}]');
         if (field.localName === 'select') {{
             field.value = [...field.options].find((o) => o.textContent.split(' (')[0] === '{value}').value;
         }} else field.value = '{value}';
         field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    browser.driver.execute(script, vec![]).await.map(drop)
}

/// Waits until the words of an element are these.
async fn says(browser: &Browser, name: &str, words: &str) -> WebDriverResult<()> {
    let script = format!("return document.querySelector('[data-test={name}]')?.textContent.trim() ?? ''");
    let said = Visitor::at(&browser.driver)
        .waits(words, async || Ok(of_page::<String>(browser, &script).await? == words))
        .await;
    if said.is_err() {
        assert_eq!(of_page::<String>(browser, &script).await?, words, "{name}");
    }
    said
}

/// Waits until the words of an element begin so.
async fn begins(browser: &Browser, name: &str, words: &str) -> WebDriverResult<()> {
    let script = format!("return document.querySelector('[data-test={name}]')?.textContent.trim() ?? ''");
    Visitor::at(&browser.driver)
        .waits(words, async || Ok(of_page::<String>(browser, &script).await?.starts_with(words)))
        .await
}

/// Pictures of the page on a desktop and a telephone, light and dark, for whoever asks for them; Chromium alone.
async fn looks(browser: &Browser, name: &str) -> Outcome {
    if std::env::var_os("CANDOR_SHOTS").is_none() {
        return Ok(());
    }
    let tools = browser.driver.cdp();
    for (window, width, height) in [("desktop", 1280, 900), ("phone", 390, 844)] {
        for scheme in ["light", "dark"] {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            tools.send_raw("Emulation.setEmulatedMedia", features).await?;
            let size = |height: u64| json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
            tools.send_raw("Emulation.setDeviceMetricsOverride", size(height)).await?;
            let tall: u64 = of_page(browser, "return document.documentElement.scrollHeight").await?;
            tools.send_raw("Emulation.setDeviceMetricsOverride", size(tall)).await?;
            browser.shot(&format!("{name}-{window}-{scheme}")).await?;
        }
    }
    tools.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
    Ok(())
}

/// A table with stores, a segment, two more ratings and comments in English.
fn table() -> String {
    let mut csv = String::from("store,score,speed,advice,when,region,comment\n");
    let mut state = 7u64;
    let mut dice = move |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for row in 0..2400u64 {
        let store = ["Leeds", "York", "Hull", "Bath", "Ely", "Ripon", "Selby"][dice(7) as usize];
        let region = ["North", "South"][dice(2) as usize];
        let (speed, advice) = (1 + dice(5), 1 + dice(5));
        let higher = if store == "Bath" { 2 } else { 0 };
        let score = (speed + dice(4) + higher).min(10);
        let comment = match row % 9 {
            0 => "The staff was wonderful and I love this friendly great place so much",
            1 => "Horrible and rude staff; the worst shop and I hate this terrible place",
            2 => "he asked me to give a 10 so that he gets his bonus",
            _ => "",
        };
        // No two are the same, as nobody writes what another wrote.
        let comment = if comment.is_empty() { String::new() } else { format!("{comment} {row}") };
        let (month, day) = (row * 6 / 2400 + 1, dice(28) + 1);
        csv.push_str(&format!(
            "{store},{score},{speed},{advice},2026-{month:02}-{day:02},{region},{comment}\n"
        ));
    }
    csv
}

fn natively(plan: &Plan, csv: &str) -> Dataset {
    let mut reading = Reading::new(plan).unwrap();
    reading.push(csv.as_bytes());
    let mut dataset = reading.finish();
    let listened = dataset.listen(|range| {
        Ok::<_, std::convert::Infallible>(csv.as_bytes()[range.start as usize..range.end as usize].to_vec())
    });
    listened.unwrap();
    dataset
}

/// The plan that the app would guess, with the score's scale.
fn plan(csv: &str) -> Plan {
    recognise(csv.as_bytes(), "shop.csv")
}

async fn opens(browser: &Browser, demo: &Demo, files: &[&Path]) -> WebDriverResult<()> {
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    browser.driver.query(By::Css("[data-test=open-sample]")).first().await?;
    let input = browser.driver.query(By::Css("[data-test=file-input]")).first().await?;
    let names: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    input.send_keys(names.join("\n")).await
}

async fn reads(browser: &Browser, demo: &Demo, file: &Path) -> WebDriverResult<()> {
    opens(browser, demo, &[file]).await?;
    browser.analyst().clicks("read-it").await?;
    browser.analyst().reads("nps-value").await.map(drop)
}

/// A value of the first score, as the page writes it.
fn written(statistic: &str, value: f64) -> String {
    let sign = |text: String| if value < 0.0 { format!("−{text}") } else { text };
    match statistic {
        "nps" => sign(format!("{}", (value.abs() * 100.0).round())),
        _ => sign(format!("{:.2}", value.abs())),
    }
}

fn grouped(n: u64) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

fn table_of(rows: &str, columns: &str, weighted: bool) -> Crossing {
    Crossing { rows: rows.into(), columns: columns.into(), weighted }
}

/// The scores of a table as the page writes them, cell by cell.
fn cells(found: &Cross) -> Vec<String> {
    let scores = found.cells.iter().flatten().filter_map(|cell| cell.score);
    scores.map(|score| format!("{} (", written(&found.statistic, score.value))).collect()
}

/// Waits until the table on the Segments page has these scores.
async fn crosses(browser: &Browser, found: &Cross) -> WebDriverResult<()> {
    let expected = cells(found);
    let script = "return [...document.querySelectorAll('[data-test=cross-score]')].map((e) => e.textContent)";
    let shown = Visitor::at(&browser.driver)
        .waits("the engine's cells", async || {
            let shown: Vec<String> = of_page(browser, script).await?;
            Ok(shown.len() == expected.len() && shown.iter().zip(&expected).all(|(a, b)| a.starts_with(b)))
        })
        .await;
    if shown.is_err() {
        assert_eq!(of_page::<Vec<String>>(browser, script).await?, expected);
    }
    shown
}

const DAY: i64 = 86_400_000;

fn day(text: &str) -> i64 {
    candor_survey::Time::parse(&format!("{text}T00:00:00.000Z")).unwrap().0 / DAY
}

fn of_unit(unit: &str) -> Selection {
    Selection { unit: Some(unit.into()), ..Selection::default() }
}

fn of_region(region: &str) -> Selection {
    let member = Some(Member { column: "region".into(), value: region.into() });
    Selection { member, ..Selection::default() }
}

#[tokio::test]
async fn chosen_responses_give_the_engines_numbers_on_every_page_and_back_takes_a_choice_back() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let csv = table();
    let file = folder.file("shop.csv", &csv)?;
    let dataset = natively(&plan(&csv), &csv);
    let whole = report(&dataset);
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        reads(&browser, &demo, &file).await?;
        says(&browser, "filter-count", "All 2,400 responses").await?;
        let statistic = whole.scores[0].statistic.clone();
        let all = written(&statistic, whole.scores[0].value);
        says(&browser, "nps-value", &all).await?;

        browser.analyst().clicks("filter-open").await?;
        sets(&browser, "filter-unit", "Bath").await?;
        let bath = report_of(&dataset, &of_unit("Bath")).unwrap();
        let said = format!("{} of 2,400 responses: from Bath", grouped(bath.responses.used));
        says(&browser, "filter-count", &said).await?;
        says(&browser, "nps-value", &written(&statistic, bath.scores[0].value)).await?;
        assert!(!of_page::<String>(&browser, "return location.hash").await?.contains("Bath"));

        // More conditions at once, on another page, and the responses behind a number.
        sets(&browser, "filter-from", "2026-02-01").await?;
        sets(&browser, "filter-to", "2026-04-30").await?;
        sets(&browser, "filter-segment", "South").await?;
        let both = Selection {
            from: Some(day("2026-02-01")),
            to: Some(day("2026-04-30")),
            unit: Some("Bath".into()),
            ..of_region("South")
        };
        let found = report_of(&dataset, &both).unwrap();
        begins(
            &browser,
            "filter-count",
            &format!(
                "{} of 2,400 responses: from Feb 1, 2026 to Apr 30, 2026; from Bath; region: South",
                found.responses.used
            ),
        )
        .await?;
        says(&browser, "nps-value", &written(&statistic, found.scores[0].value)).await?;
        browser.analyst().clicks("go-integrity").await?;
        says(&browser, "evidence-some", &grouped(found.evidence.some)).await?;
        assert!(found.evidence.some > 0, "so that there is a link to follow");
        browser.driver.query(By::Css("a:has([data-test=evidence-some])")).first().await?.click().await?;
        begins(
            &browser,
            "responses-range",
            &format!("1–{} of {}", found.evidence.some.min(25), found.evidence.some),
        )
        .await?;
        browser.analyst().reads("responses-among").await?;
        browser.driver.back().await?;

        // Back undoes the last choice; without suspect answers nothing is suspect.
        browser.driver.back().await?;
        browser.driver.back().await?;
        begins(
            &browser,
            "filter-count",
            &format!(
                "{} of 2,400 responses: from Feb 1, 2026 to Apr 30, 2026; from Bath",
                report_of(&dataset, &Selection { member: None, ..both.clone() }).unwrap().responses.used
            ),
        )
        .await?;
        browser.analyst().clicks("filter-reset").await?;
        says(&browser, "filter-count", "All 2,400 responses").await?;
        says(&browser, "nps-value", &all).await?;
        browser.driver.execute("document.querySelector('[data-test=filter-clear]').click()", vec![]).await?;
        let clear = report_of(&dataset, &Selection { clear: true, ..Selection::default() }).unwrap();
        says(&browser, "nps-value", &written(&statistic, clear.scores[0].value)).await?;
        let said = format!(
            "{} of 2,400 responses: without answers that carry evidence",
            grouped(clear.responses.used)
        );
        says(&browser, "filter-count", &said).await?;

        // Few are not shown.
        sets(&browser, "filter-unit", "Ely").await?;
        sets(&browser, "filter-from", "2026-06-27").await?;
        browser.analyst().reads("filter-few").await?;
        let shown: bool =
            of_page(&browser, "return document.querySelector('[data-test=nps-value]') === null").await?;
        assert!(shown, "no score of few");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_sides_segments_slopes_and_words_are_the_engines() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let csv = table();
    let file = folder.file("shop.csv", &csv)?;
    let mut plan = plan(&csv);
    for column in plan.columns.iter_mut().filter(|column| ["speed", "advice"].contains(&column.name.as_str()))
    {
        column.role = Role::Item;
    }
    let dataset = natively(&plan, &csv);
    let whole = report(&dataset);
    let statistic = whole.scores[0].statistic.clone();
    let browser = Browser::start().await?;
    opens(&browser, &demo, &[&file]).await?;
    sets(&browser, "part-item-0", "speed").await?;
    sets(&browser, "part-item-1", "advice").await?;
    browser.analyst().clicks("read-it").await?;
    browser.analyst().reads("nps-value").await?;

    browser.analyst().clicks("go-change").await?;
    sets(&browser, "compare-kind", "two units").await?;
    sets(&browser, "first", "Leeds").await?;
    sets(&browser, "second", "Bath").await?;
    let all = Selection::default();
    let found = compare(&dataset, &all, &[of_unit("Leeds"), of_unit("Bath")]).unwrap();
    assert!(found.conclusive && found.difference.value > 0.0);
    begins(&browser, "compared", "The second side is higher, by more than chance explains").await?;
    let shown: Vec<String> = of_page(
        &browser,
        "return [...document.querySelectorAll('[data-test=compared] .step .figure-text')].map((e) => e.textContent)",
    )
    .await?;
    assert_eq!(shown.first(), Some(&written(&statistic, found.before.score.value)));
    assert_eq!(shown.last(), Some(&written(&statistic, found.after.score.value)));
    looks(&browser, "compare").await?;
    let address: String = of_page(&browser, "return location.hash").await?;
    assert!(address.contains("first-of=") && address.contains("second-of="), "{address}");
    sets(&browser, "compare-kind", "two periods").await?;
    sets(&browser, "first-from", "2026-01-01").await?;
    sets(&browser, "second-from", "2026-03-01").await?;
    begins(&browser, "compare-refused", "On both sides: ").await?;
    sets(&browser, "first-to", "2026-02-28").await?;
    let periods = [
        Selection { from: Some(day("2026-01-01")), to: Some(day("2026-02-28")), ..Selection::default() },
        Selection { from: Some(day("2026-03-01")), ..Selection::default() },
    ];
    let found = compare(&dataset, &all, &periods).unwrap();
    let words = if found.conclusive { "The second side is" } else { "Whether the two sides differ" };
    begins(&browser, "compared", words).await?;

    browser.analyst().clicks("go-segments").await?;
    browser.analyst().reads("cross-score").await?;
    let expected = cross(&dataset, &all, &table_of("store", "region", false)).unwrap();
    let shown: Vec<String> = of_page(
        &browser,
        "return [...document.querySelectorAll('[data-test=cross-score]')].map((e) => e.textContent)",
    )
    .await?;
    let scores: Vec<f64> =
        expected.cells.iter().flatten().filter_map(|cell| Some(cell.score?.value)).collect();
    assert_eq!(shown.len(), scores.len());
    for (shown, expected) in shown.iter().zip(scores) {
        assert!(shown.starts_with(&format!("{} (", written(&statistic, expected))), "{shown}");
    }
    let differ: u64 = of_page(&browser, "return document.querySelectorAll('.cross .differs').length").await?;
    let found =
        expected.cells.iter().flatten().filter(|cell| cell.p_adjusted.is_some_and(|p| p <= 0.05)).count();
    assert_eq!(differ, found as u64);
    // Each cell is one store's: Bath is higher, but not by more than seven stores differ, and the page says so.
    assert_eq!(found, 0);
    let said: String = of_page(&browser, "return document.querySelector('main').textContent").await?;
    assert!(said.contains("No combination can be told from all other answers"), "{said}");

    looks(&browser, "cross").await?;
    browser.analyst().clicks("filter-open").await?;
    sets(&browser, "filter-unit", "Bath").await?;
    sets(&browser, "filter-from", "2026-02-01").await?;
    let chosen =
        report_of(&dataset, &Selection { from: Some(day("2026-02-01")), ..of_unit("Bath") }).unwrap();
    begins(&browser, "filter-count", &format!("{} of 2,400", chosen.responses.used)).await?;
    looks(&browser, "filters").await?;
    browser.analyst().clicks("filter-reset").await?;
    begins(&browser, "filter-count", "All").await?;
    browser.analyst().clicks("go-drivers").await?;
    let mut slopes: Vec<f64> = whole.drivers.iter().filter_map(|driver| Some(driver.slope?.value)).collect();
    slopes.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(slopes.len(), 2);
    browser.analyst().reads("rise-value").await?;
    let shown: Vec<String> = of_page(
        &browser,
        "return [...document.querySelectorAll('[data-test=rise-value]')].map((e) => e.textContent.trim())",
    )
    .await?;
    for (shown, slope) in shown.iter().zip(slopes) {
        assert!(shown.starts_with(&written("mean", slope)), "{shown} is not {slope}");
    }

    looks(&browser, "rise").await?;
    browser.analyst().clicks("go-voices").await?;
    looks(&browser, "search").await?;
    browser.analyst().clicks("mismatches").await?;
    let expected = dataset.rows(&Filter { mismatch: true, ..Filter::default() }, 0, 25);
    assert!(expected.total > 25);
    says(&browser, "responses-range", &format!("1–25 of {}", grouped(expected.total))).await?;
    browser.analyst().clicks("back").await?;
    browser.driver.query(By::Css("[data-test=search]")).first().await?.send_keys("RUDE staff").await?;
    browser.analyst().clicks("search-go").await?;
    let n = csv.matches("rude staff").count() as u64;
    says(&browser, "responses-range", &format!("1–25 of {}", grouped(n))).await?;
    Ok(())
}

/// Keeps what is handed to the browser to save.
const CATCH: &str = "window.saved = []; const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => (saved.push(blob), make.call(URL, blob));";

/// The text of the latest file that was saved, once there are so many.
async fn saved(browser: &Browser, many: usize) -> WebDriverResult<String> {
    let script = format!("return window.saved?.length >= {many}");
    Visitor::at(&browser.driver).waits("a saved file", async || of_page(browser, &script).await).await?;
    let read = "const done = arguments[0]; window.saved.at(-1).text().then(done);";
    browser.driver.execute_async(read, vec![]).await?.convert()
}

#[tokio::test]
async fn a_plan_is_saved_used_again_and_kept_only_when_the_analyst_says_so() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let csv = table();
    let file = folder.file("shop.csv", &csv)?;
    let browser = Browser::start().await?;
    opens(&browser, &demo, &[&file]).await?;
    browser.analyst().reads("read-it").await?;
    browser.driver.execute(CATCH, vec![]).await?;

    // The speed is the score now: nothing would guess that.
    sets(&browser, "part-score-0", "speed").await?;
    browser.analyst().clicks("plan-save").await?;
    let plan_text = saved(&browser, 1).await?;
    assert!(!plan_text.contains("Leeds"), "a plan holds no answers");
    let plan = folder.file("speed.plan.json", &plan_text)?;
    let analyzed = std::process::Command::new(candor_tests::binary())
        .args(["analyze", "--json", "--plan"])
        .arg(&plan)
        .arg(&file)
        .output()?;
    assert!(analyzed.status.success(), "{}", String::from_utf8_lossy(&analyzed.stderr));
    let expected: candor_engine::report::Report = serde_json::from_slice(&analyzed.stdout)?;
    assert_eq!(expected.scores[0].question, "speed");

    let stored = "return Object.keys(localStorage).length";
    assert_eq!(of_page::<u64>(&browser, stored).await?, 0);
    browser.analyst().clicks("plan-keep").await?;
    browser.analyst().reads("plan-held").await?;
    let kept: String = of_page(&browser, "return localStorage.getItem('candor-plans')").await?;
    assert!(kept.contains("speed") && !kept.contains("Leeds"));

    // The file arrives again: what was kept is offered, taken and forgotten.
    opens(&browser, &demo, &[&file]).await?;
    browser.analyst().reads("plan-offered").await?;
    looks(&browser, "plan").await?;
    browser.analyst().clicks("plan-use").await?;
    browser.analyst().reads("plan-held").await?;
    browser.analyst().clicks("read-it").await?;
    let value = written(&expected.scores[0].statistic, expected.scores[0].value);
    says(&browser, "nps-value", &value).await?;
    opens(&browser, &demo, &[&file]).await?;
    browser.analyst().clicks("plan-forget").await?;
    browser.analyst().reads("plan-keep").await?;
    assert_eq!(of_page::<u64>(&browser, stored).await?, 0);

    // The plan's file beside the data is obeyed at once.
    opens(&browser, &demo, &[&file, &plan]).await?;
    says(&browser, "nps-value", &value).await?;
    assert_eq!(of_page::<u64>(&browser, stored).await?, 0);
    Ok(())
}

#[tokio::test]
async fn combinations_that_differ_in_every_store_are_marked() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    // Two of three who are content answer in the shop, and one of three others.
    let rows = table();
    let ways = (0..).zip(rows.lines()).map(|(at, line): (usize, &str)| {
        let content =
            line.split(',').nth(1).and_then(|score| score.parse::<u8>().ok()).is_some_and(|n| n > 5);
        let way = if at == 0 { "channel" } else { ["web", "shop"][usize::from(content == (at % 3 > 0))] };
        format!("{line},{way}\n")
    });
    let csv: String = ways.collect();
    let file = folder.file("shop.csv", &csv)?;
    let dataset = natively(&plan(&csv), &csv);
    let expected = cross(&dataset, &Selection::default(), &table_of("region", "channel", false)).unwrap();
    let found =
        expected.cells.iter().flatten().filter(|cell| cell.p_adjusted.is_some_and(|p| p <= 0.05)).count();
    assert!(found > 0, "{expected:?}");
    let browser = Browser::start().await?;
    reads(&browser, &demo, &file).await?;
    browser.analyst().clicks("go-segments").await?;
    sets(&browser, "cross-rows", "region").await?;
    sets(&browser, "cross-columns", "channel").await?;
    crosses(&browser, &expected).await?;
    let differ: u64 = of_page(&browser, "return document.querySelectorAll('.cross .differs').length").await?;
    assert_eq!(differ, found as u64);
    Ok(())
}

#[tokio::test]
async fn a_table_is_weighted_where_the_plan_has_weights_and_back_takes_the_weights_back() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    // A third grouping, so that the cells of the other two hold answers of either weight.
    let ways =
        ["channel", "web", "shop", "web"].into_iter().chain((4..).map(|at| ["web", "shop"][at / 5 % 2]));
    let csv: String = table().lines().zip(ways).map(|(line, way)| format!("{line},{way}\n")).collect();
    let file = folder.file("shop.csv", &csv)?;
    let mut weighing = plan(&csv);
    let population = [("web", 90_000.0), ("shop", 10_000.0)].map(|(way, n)| (way.into(), Some(n)));
    weighing.weights = vec![Margin {
        column: "channel".into(),
        population: population.into_iter().collect(),
        shares: false,
    }];
    let weights = folder.file("weights.json", serde_json::to_string(&weighing)?)?;
    let (dataset, all) = (natively(&weighing, &csv), Selection::default());
    let plain = cross(&dataset, &all, &table_of("store", "region", false)).unwrap();
    let weighted = cross(&dataset, &all, &table_of("store", "region", true)).unwrap();
    assert_ne!(cells(&plain), cells(&weighted));
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        opens(&browser, &demo, &[&file, &weights]).await?;
        browser.analyst().reads("nps-value").await?;
        browser.analyst().clicks("go-segments").await?;
        // With weights their column stands first among the groupings.
        sets(&browser, "cross-columns", "region").await?;
        crosses(&browser, &plain).await?;
        browser.analyst().clicks("weights").await?;
        begins(&browser, "weights-said", "Weighted by channel: each group counts as often").await?;
        crosses(&browser, &weighted).await?;
        let address: String = of_page(&browser, "return location.hash").await?;
        assert_eq!(address, "#segments?weights=on");
        if kind == Kind::Chromium {
            looks(&browser, "weights").await?;
        }
        browser.driver.back().await?;
        let off = "return !document.querySelector('[data-test=weights]').checked
            && !document.querySelector('[data-test=weights-said]')";
        Visitor::at(&browser.driver).waits("no weights", async || of_page(&browser, off).await).await?;
        crosses(&browser, &plain).await?;

        // Without weights in the plan a sentence says what is needed, with a column of this file.
        reads(&browser, &demo, &file).await?;
        browser.analyst().clicks("go-segments").await?;
        browser.analyst().clicks("weights-none").await?;
        let example: String =
            of_page(&browser, "return document.querySelector('[data-test=weights-example]').textContent")
                .await?;
        let margins: serde_json::Value = serde_json::from_str(&format!("{{{example}}}"))?;
        let margin: Margin = serde_json::from_value(margins["weights"][0].clone())?;
        assert!(dataset.grouping(&margin.column).is_some() && !margin.population.is_empty(), "{example}");
        if kind == Kind::Chromium {
            looks(&browser, "weights-none").await?;
        }
        browser.analyst().clicks("weights-plan").await?;
        browser.analyst().reads("plan-save").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn attributes_of_an_own_file_choose_responses_and_sides_and_cross_with_the_unit() -> Outcome {
    let demo = Demo::start()?;
    let text = World::sample().simulate_with(&Parameters::sample()).ndjson();
    let dataset = natively(&recognise(text.as_bytes(), "sample.ndjson"), &text);
    let region = dataset.groupings().into_iter().find(|of| of.column == "attribute.region");
    let regions = region.ok_or("the sample has regions")?.values;
    let of = |at: usize| {
        let member = Some(Member { column: "attribute.region".into(), value: regions[at].0.clone() });
        Selection { member, ..Selection::default() }
    };
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    browser.analyst().clicks("open-sample").await?;
    browser.analyst().reads("nps-value").await?;
    browser.analyst().clicks("go-segments").await?;
    let unit = dataset.units.as_ref().map(|units| units.name.clone()).unwrap_or_default();
    let expected =
        cross(&dataset, &Selection::default(), &table_of(&unit, "attribute.region", false)).unwrap();
    crosses(&browser, &expected).await?;
    looks(&browser, "attributes").await?;

    browser.analyst().clicks("go-change").await?;
    sets(&browser, "compare-kind", "two segments").await?;
    sets(&browser, "first", &regions[0].0).await?;
    sets(&browser, "second", &regions[1].0).await?;
    let expected = compare(&dataset, &Selection::default(), &[of(0), of(1)]).unwrap();
    let words = if expected.conclusive { "The second side is" } else { "Whether the two sides differ" };
    begins(&browser, "compared", words).await?;

    browser.analyst().clicks("go-brief").await?;
    browser.analyst().clicks("filter-open").await?;
    sets(&browser, "filter-segment", &regions[0].0).await?;
    let chosen = report_of(&dataset, &of(0)).unwrap();
    let said = format!(
        "{} of {} responses: region: {}",
        grouped(chosen.responses.used),
        grouped(report(&dataset).responses.used),
        regions[0].0
    );
    says(&browser, "filter-count", &said).await?;
    says(&browser, "nps-value", &written(&chosen.scores[0].statistic, chosen.scores[0].value)).await?;
    Ok(())
}

#[tokio::test]
async fn a_project_brings_back_the_page_the_filters_the_notes_and_the_hidden_names() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let csv = table();
    let file = folder.file("shop.csv", &csv)?;
    let browser = Browser::start().await?;
    reads(&browser, &demo, &file).await?;
    browser.driver.execute(CATCH, vec![]).await?;
    browser.analyst().clicks("filter-open").await?;
    sets(&browser, "filter-segment", "South").await?;
    begins(&browser, "filter-count", "1,").await?;
    browser.analyst().clicks("go-integrity").await?;
    browser.analyst().clicks("card-link").await?;
    let name = browser.analyst().reads("card-name").await?;
    browser.driver.query(By::Css("[data-test=note]")).first().await?.send_keys("Ask before judging").await?;
    browser.analyst().clicks("hide-names").await?;
    Visitor::at(&browser.driver)
        .waits("a letter", async || Ok(browser.analyst().reads("card-name").await? != name))
        .await?;
    let (letter, address) = (
        browser.analyst().reads("card-name").await?,
        of_page::<String>(&browser, "return location.hash").await?,
    );
    browser.analyst().clicks("save-project").await?;
    let project = saved(&browser, 1).await?;
    let project = folder.file("shop.csv.candor.json", &project)?;

    let other = Browser::start().await?;
    opens(&other, &demo, &[&file, &project]).await?;
    says(&other, "card-name", &letter).await?;
    assert_eq!(of_page::<String>(&other, "return location.hash").await?, address);
    begins(&other, "filter-count", "1,").await?;
    let note: String = of_page(&other, "return document.querySelector('[data-test=note]').value").await?;
    assert_eq!(note, "Ask before judging");
    assert!(of_page::<bool>(&other, "return document.querySelector('.problem') === null").await?);

    // With other bytes it opens too, and says that they are others.
    let changed = folder.file("other.csv", csv.replace("Ripon", "Whitby"))?;
    opens(&other, &demo, &[&changed, &project]).await?;
    Visitor::at(&other.driver)
        .waits("a word", async || {
            of_page(
                &other,
                "return document.querySelector('.problem')?.textContent.includes('same bytes') ?? false",
            )
            .await
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn every_chart_can_be_saved_as_a_picture_with_its_words_and_colors() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let csv = table();
    let file = folder.file("shop.csv", &csv)?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        reads(&browser, &demo, &file).await?;
        browser.driver.execute(CATCH, vec![]).await?;
        let mut many = 0;
        for page in ["change", "segments", "voices"] {
            browser.analyst().clicks(&format!("go-{page}")).await?;
            browser.analyst().reads("save-svg").await?;
            let finding: String =
                of_page(&browser, "return document.querySelector('figure .finding').textContent").await?;
            browser.analyst().clicks("save-svg").await?;
            many += 1;
            let svg = saved(&browser, many).await?;
            // A picture is one XML document, with the title's words and at least a mark, and names nothing outside of it.
            let parsed: Vec<u64> = of_page(
                &browser,
                &format!(
                    "const svg = new DOMParser().parseFromString({}, 'image/svg+xml');
                     const marks = (of) => of.querySelectorAll('line, rect, circle, path').length;
                     const shown = (mark) => mark.localName === 'line' || mark.getBoundingClientRect().width > 0;
                     const drawn = (of) => [...of.querySelectorAll('line, rect, circle, path')]
                         .filter((mark) => !mark.closest('details, button') && shown(mark)).length;
                     const figure = document.querySelector('[data-test=save-svg]').closest('figure');
                     return [svg.querySelectorAll('parsererror').length, svg.documentElement.outerHTML.includes('var(') ? 1 : 0,
                         marks(svg), drawn(figure), svg.querySelectorAll('text').length];",
                    serde_json::to_string(&svg)?
                ),
            )
            .await?;
            assert_eq!((parsed[0], parsed[1]), (0, 0), "{page}: {svg}");
            // Each mark of the page is in it, and words.
            assert!(parsed[2] >= parsed[3] && parsed[3] > 1 && parsed[4] > 1, "{page}: {parsed:?}");
            let first = finding.split_whitespace().next().unwrap_or_default();
            assert!(svg.contains(first), "{page}: {finding}");
            browser.analyst().clicks("save-png").await?;
            many += 1;
            saved(&browser, many).await?;
            // It is a picture, and not one color.
            let read = "const done = arguments[0]; createImageBitmap(window.saved.at(-1)).then((bitmap) => {
                const canvas = document.createElement('canvas');
                [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
                const to = canvas.getContext('2d');
                to.drawImage(bitmap, 0, 0);
                const pixels = new Uint32Array(to.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
                done([bitmap.width, bitmap.height, new Set(pixels).size]);
            });";
            let seen: Vec<u64> = browser.driver.execute_async(read, vec![]).await?.convert()?;
            assert!(seen[0] > 600 && seen[1] > 200 && seen[2] > 20, "{page}: {seen:?}");
            if let Some(place) = std::env::var_os("CANDOR_PICTURES") {
                let png = "const done = arguments[0]; window.saved.at(-1).arrayBuffer().then((b) => done([...new Uint8Array(b)]));";
                let bytes: Vec<u8> = browser.driver.execute_async(png, vec![]).await?.convert()?;
                let place = Path::new(&place);
                std::fs::write(place.join(format!("{page}-{kind:?}.png")), bytes)?;
                std::fs::write(place.join(format!("{page}-{kind:?}.svg")), svg)?;
            }
        }
        Ok(())
    })
    .await
}
