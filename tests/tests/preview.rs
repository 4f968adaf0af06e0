//! The preview page and the hosted page of a survey in a real browser: what a marketer sees of a survey, what is refused,
//! what a link carries, and that nothing leaves the page.

use candor_tests::{Browser, Demo, Outcome, Visitor};
use thirtyfour::prelude::*;

/// Opens the preview and waits until it has read its first example.
async fn preview(demo: &Demo, browser: &Browser) -> WebDriverResult<()> {
    Visitor::at(&browser.driver).opens(&format!("{}/preview/", demo.candor)).await?;
    says(browser, "summary", "questions").await
}

/// The words of the element with this id.
async fn words(browser: &Browser, id: &str) -> WebDriverResult<String> {
    browser
        .driver
        .execute("return document.getElementById(arguments[0]).textContent", vec![id.into()])
        .await?
        .convert()
}

/// Waits until the element with this id says so.
async fn says(browser: &Browser, id: &str, wanted: &str) -> WebDriverResult<()> {
    let visitor = Visitor::at(&browser.driver);
    visitor
        .waits(&format!("{id} to say {wanted}"), async || Ok(words(browser, id).await?.contains(wanted)))
        .await
}

/// Chooses in a list.
async fn picks(browser: &Browser, id: &str, value: &str) -> WebDriverResult<()> {
    let option = format!("#{id} option[value='{value}']");
    browser.driver.query(By::Css(option)).first().await?.click().await
}

/// Replaces a part of the survey's text, as typing does.
async fn rewrites(browser: &Browser, from: &str, to: &str) -> WebDriverResult<()> {
    let script = "const [from, to] = arguments;
        const text = document.getElementById('text');
        text.focus();
        text.value = text.value.replace(from, to);
        text.dispatchEvent(new Event('input'));";
    browser.driver.execute(script, vec![from.into(), to.into()]).await.map(|_| ())
}

/// What the frame shows of the widget, as `document.querySelector('candor-survey')` with `then` behind it.
async fn in_frame(browser: &Browser, then: &str) -> WebDriverResult<String> {
    let script = format!(
        "return String(document.getElementById('frame').contentDocument.querySelector('candor-survey'){then} ?? '')"
    );
    browser.driver.execute(script, vec![]).await?.convert()
}

#[tokio::test]
async fn the_real_widget_shows_the_survey_and_answers_to_it_go_nowhere() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    preview(&demo, &browser).await?;
    says(&browser, "state", "The survey is on the page.").await?;
    browser.driver.enter_frame(0).await?;
    visitor.sees("asking").await?;
    visitor.chooses("9").await?;
    visitor.clicks("Next").await?;
    visitor.writes_at_length("Quick and kind.").await?;
    visitor.clicks("Send").await?;
    visitor.sees("thanks").await?;
    browser.driver.enter_default_frame().await?;
    says(&browser, "state", "Answered. Nothing was sent or kept.").await?;
    let kept = "const done = arguments[0]; indexedDB.databases().then(all => done(all.length + localStorage.length))";
    assert_eq!(browser.driver.execute_async(kept, vec![]).await?.convert::<u32>()?, 0);
    let urls = browser.quit(&demo.candor).await?;
    let calls: Vec<_> =
        urls.iter().filter(|url| url.contains("/v1/") || !url.starts_with(&demo.candor)).collect();
    assert!(calls.is_empty(), "{calls:?}");
    assert!(demo.responses("after-a-visit").is_err(), "the collector never heard of it");
    Ok(())
}

#[tokio::test]
async fn whoever_writes_keeps_the_focus_and_is_told_the_line_of_what_is_wrong() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    preview(&demo, &browser).await?;
    picks(&browser, "mode", "modal").await?;
    visitor.waits("the modal", async || Ok(in_frame(&browser, "?.dataset.mode").await? == "modal")).await?;
    rewrites(&browser, "Roughly when was that?", "About when was that?").await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let focus = "return document.activeElement.id";
    assert_eq!(browser.driver.execute(focus, vec![]).await?.convert::<String>()?, "text");

    rewrites(&browser, "nps <= 8", "npz <= 8").await?;
    says(
        &browser,
        "problem",
        "Line 41, pages[1].questions[1].show_if: Expected one of the questions before: nps",
    )
    .await?;
    says(&browser, "state", "What you see is the last text that could be read.").await?;
    browser.driver.query(By::Css("#problem button")).first().await?.click().await?;
    let selected =
        "const t = document.getElementById('text'); return t.value.slice(t.selectionStart, t.selectionEnd)";
    assert_eq!(
        browser.driver.execute(selected, vec![]).await?.convert::<String>()?,
        "\"show_if\": \"npz <= 8\","
    );
    rewrites(&browser, "npz <= 8", "nps <= 8").await?;
    visitor.waits("no problem", async || Ok(words(&browser, "problem").await?.is_empty())).await?;
    Ok(())
}

#[tokio::test]
async fn a_survey_that_gates_reviews_is_refused_with_its_law_and_not_shown() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    preview(&demo, &browser).await?;
    picks(&browser, "example", "mistakes").await?;
    says(&browser, "problem", "16 CFR Part 465").await?;
    says(&browser, "state", "It is not shown").await?;
    visitor.waits("an empty page", async || Ok(in_frame(&browser, "").await?.is_empty())).await?;
    let first = browser.driver.query(By::Css("#advice li")).first().await?;
    assert_eq!(first.attr("data-severity").await?.as_deref(), Some("refused"));
    // Shown to everyone, it is fine.
    rewrites(&browser, "\"show_if\": \"nps >= 9\",", "").await?;
    says(&browser, "state", "The survey is on the page.").await?;
    Ok(())
}

#[tokio::test]
async fn a_link_carries_the_whole_preview() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    preview(&demo, &browser).await?;
    rewrites(&browser, "second till", "zweite Kasse für 🙂").await?;
    for (list, value) in [("language", "de"), ("mode", "page"), ("branch", "2")] {
        picks(&browser, list, value).await?;
    }
    browser.driver.query(By::XPath("//label[.='Tablet']")).first().await?.click().await?;
    browser.driver.query(By::XPath("//label[.='Dark']")).first().await?.click().await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let link = words(&browser, "link").await?;
    assert!(link.starts_with(&format!("{}/preview/#v1.", demo.candor)), "{link}");

    visitor.opens("about:blank").await?;
    visitor.opens(&link).await?;
    says(&browser, "state", "The survey is on the page.").await?;
    assert_eq!(words(&browser, "link").await?, link);
    let chosen = "const v = id => document.getElementById(id).value, c = n => document.querySelector(`[name=${n}]:checked`).value;
        return [v('language'), v('mode'), v('branch'), c('device'), c('scheme'), v('text').includes('Kasse für 🙂')].join()";
    assert_eq!(
        browser.driver.execute(chosen, vec![]).await?.convert::<String>()?,
        "de,page,2,tablet,dark,true"
    );

    visitor.opens("about:blank").await?;
    visitor.opens(&link[..link.len() - 40]).await?;
    says(&browser, "problem", "The link is cut off or damaged").await?;
    Ok(())
}

#[tokio::test]
async fn a_survey_has_a_page_of_its_own_where_it_lists_the_collector() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    let definition = |id: &str, origin: &str| {
        format!(
            r#"{{"candor": 1, "id": "{id}", "origins": ["{origin}"], "languages": ["en"], "state": "live", "display": {{"mode": "popover"}},
                "pages": [{{"questions": [{{"id": "nps", "type": "nps", "text": "How likely?"}}]}}]}}"#
        )
    };
    std::fs::write(demo.surveys().join("link.json"), definition("link", &demo.candor))?;
    std::fs::write(demo.surveys().join("other.json"), definition("other", "https://shop.example"))?;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    visitor.opens(&format!("{}/s/link", demo.candor)).await?;
    visitor.sees("asking").await?;
    assert_eq!(browser.driver.title().await?, "How likely?");
    assert_eq!(browser.console().await?, Vec::<String>::new());
    visitor.opens(&format!("{}/s/other", demo.candor)).await?;
    let said: String = browser.driver.execute("return document.body.innerText", vec![]).await?.convert()?;
    assert!(said.contains(&format!("add \"{}\" to origins", demo.candor)), "{said}");
    Ok(())
}
