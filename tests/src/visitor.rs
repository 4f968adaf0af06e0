//! A visitor: sees the survey on the page, and answers it with real mouse and key events. It finds controls as people do,
//! by their words, inside the widget's open shadow root.

use std::time::Duration;
use thirtyfour::prelude::*;

/// Someone who sits before a page.
pub struct Visitor<'b> {
    driver: &'b WebDriver,
}

/// How long a visitor waits for anything before the test fails.
const PATIENCE: Duration = Duration::from_secs(15);

impl<'b> Visitor<'b> {
    /// A visitor at this browser.
    pub fn at(driver: &'b WebDriver) -> Self {
        Visitor { driver }
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn opens(&self, address: &str) -> WebDriverResult<()> {
        self.driver.goto(address).await
    }

    /// The state that the widget shows, such as `asking` or `thanks`; empty when there is no widget.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn state(&self) -> WebDriverResult<String> {
        let script = "return document.querySelector('candor-survey')?.dataset.state ?? ''";
        self.driver.execute(script, vec![]).await?.convert()
    }

    /// Waits until the widget shows `state`.
    ///
    /// # Errors
    /// When it never does: what it shows instead.
    pub async fn sees(&self, state: &str) -> WebDriverResult<()> {
        let mut seen = String::new();
        self.waits(&format!("the widget to show {state}"), async || {
            seen = self.state().await?;
            Ok(seen == state)
        })
        .await
    }

    /// Waits until `is_so`, and fails with what was waited for.
    ///
    /// # Errors
    /// When it never is.
    pub async fn waits(
        &self,
        what: &str,
        mut is_so: impl AsyncFnMut() -> WebDriverResult<bool>,
    ) -> WebDriverResult<()> {
        let start = std::time::Instant::now();
        while !is_so().await? {
            if start.elapsed() > PATIENCE {
                return Err(WebDriverError::from_inner(thirtyfour::error::WebDriverErrorInner::Timeout(
                    what.into(),
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// The visible element in the widget that `selector` finds and whose words are `words`, or begin with them: the ends of a
    /// scale say "10 Extremely likely" to those who cannot see where they stand. Without words, any will do.
    async fn control(&self, selector: &str, words: &str) -> WebDriverResult<WebElement> {
        let script = "const [selector, words] = arguments;
            const root = document.querySelector('candor-survey')?.shadowRoot;
            const said = e => (e.getAttribute('aria-label') ?? e.innerText).replace(/\\s+/g, ' ').trim();
            return [...root?.querySelectorAll(selector) ?? []].find(e => (!words || said(e) === words || said(e).startsWith(words + ' ')) && e.getClientRects().length) ?? null";
        let arguments = vec![selector.into(), words.into()];
        let mut found = None;
        self.waits(&format!("{selector} that says {words}"), async || {
            let element = self.driver.execute(script, arguments.clone()).await?;
            found = element.element().ok();
            Ok(found.is_some())
        })
        .await?;
        found.ok_or_else(|| {
            WebDriverError::from_inner(thirtyfour::error::WebDriverErrorInner::NotFound(
                words.into(),
                selector.into(),
            ))
        })
    }

    /// Clicks the answer (a radio button's or checkbox's label) that says `words`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn chooses(&self, words: &str) -> WebDriverResult<()> {
        self.control("label", words).await?.click().await
    }

    /// Clicks the answer that says `words` to the question that begins with `question`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn answers(&self, question: &str, words: &str) -> WebDriverResult<()> {
        let script = "const [question, words] = arguments;
            const root = document.querySelector('candor-survey').shadowRoot;
            const group = [...root.querySelectorAll('fieldset')].find(f => f.querySelector('legend').innerText.startsWith(question));
            const said = e => e.innerText.replace(/\\s+/g, ' ').trim();
            return [...group.querySelectorAll('label')].find(e => said(e) === words || said(e).startsWith(words + ' ') || !said(e) && e.querySelector('input').value === words)";
        let label = self.driver.execute(script, vec![question.into(), words.into()]).await?.element()?;
        label.click().await
    }

    /// Clicks the button that says `words`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn clicks(&self, words: &str) -> WebDriverResult<()> {
        self.control("button", words).await?.click().await
    }

    /// The button that says `words`, for a click at a chosen moment.
    ///
    /// # Errors
    /// When there is none.
    pub async fn button(&self, words: &str) -> WebDriverResult<WebElement> {
        self.control("button", words).await
    }

    /// Clicks the button that does `act`: `next`, `back`, `close`, `again`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn acts(&self, act: &str) -> WebDriverResult<()> {
        self.control(&format!("button[data-act={act}]"), "").await?.click().await
    }

    /// Types into the first text field on show.
    ///
    /// # Errors
    /// When there is none.
    pub async fn writes(&self, text: &str) -> WebDriverResult<()> {
        self.types_into("textarea, input:not([type=radio], [type=checkbox])", text).await
    }

    /// Types into the first text field of several lines on show.
    ///
    /// # Errors
    /// When there is none.
    pub async fn writes_at_length(&self, text: &str) -> WebDriverResult<()> {
        self.types_into("textarea", text).await
    }

    async fn types_into(&self, selector: &str, text: &str) -> WebDriverResult<()> {
        let script = "const root = document.querySelector('candor-survey').shadowRoot;
            return [...root.querySelectorAll(arguments[0])].find(e => e.getClientRects().length)";
        let field = self.driver.execute(script, vec![selector.into()]).await?.element()?;
        field.click().await?;
        self.presses(text).await
    }

    /// Whether `words` stand in the widget for everyone to see.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn reads(&self, words: &str) -> WebDriverResult<bool> {
        let script = "const root = document.querySelector('candor-survey').shadowRoot;
            return [...root.querySelectorAll('p')].some(e => e.getClientRects().length && e.innerText.includes(arguments[0]))";
        self.driver.execute(script, vec![words.into()]).await?.convert()
    }

    /// Presses keys, wherever the focus is.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn presses(&self, keys: impl AsRef<str>) -> WebDriverResult<()> {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await
    }

    /// What has the focus inside the widget: its tag, type and words; empty when the focus is elsewhere.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn focus(&self) -> WebDriverResult<String> {
        let script = "const e = document.querySelector('candor-survey')?.shadowRoot?.activeElement;
            if (!e) return '';
            const words = e.labels?.length ? [...e.labels].map(l => l.innerText).join(' ') : (e.getAttribute('aria-label') ?? e.innerText);
            return `${e.localName} ${e.type ?? ''} ${(words ?? '').replace(/\\s+/g, ' ').trim()}`";
        self.driver.execute(script, vec![]).await?.convert()
    }

    /// Presses Tab until `wanted` stands in what has the focus.
    ///
    /// # Errors
    /// When fifty presses do not reach it.
    pub async fn tabs_to(&self, wanted: &str) -> WebDriverResult<()> {
        let mut seen = Vec::new();
        for _ in 0..50 {
            let focus = self.focus().await?;
            if focus.contains(wanted) {
                return Ok(());
            }
            seen.push(focus);
            self.presses(String::from('\u{e004}')).await?;
        }
        let message = format!("{wanted} with the Tab key; passed {seen:?}");
        Err(WebDriverError::from_inner(thirtyfour::error::WebDriverErrorInner::Timeout(message)))
    }
}
