//! An analyst at the analyzer's page: what is on it is found by its test names.

use std::path::Path;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;

/// Somebody who uses the analyzer.
pub struct Analyst<'b> {
    driver: &'b WebDriver,
}

impl<'b> Analyst<'b> {
    /// At the page that this browser shows; see [`crate::Browser::analyst`].
    pub(crate) fn at(driver: &'b WebDriver) -> Analyst<'b> {
        Analyst { driver }
    }

    /// The first element with this test name, once it is there.
    ///
    /// # Errors
    /// It does not come.
    pub async fn finds(&self, name: &str) -> WebDriverResult<WebElement> {
        self.driver.query(By::Css(format!("[data-test={name}]"))).first().await
    }

    /// The words of an element. One that the page replaced between the finding and the reading is found again.
    ///
    /// # Errors
    /// It does not come.
    pub async fn reads(&self, name: &str) -> WebDriverResult<String> {
        loop {
            match self.finds(name).await?.text().await {
                Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {}
                read => return read,
            }
        }
    }

    /// Clicks on an element.
    ///
    /// # Errors
    /// It does not come, or cannot be clicked.
    pub async fn clicks(&self, name: &str) -> WebDriverResult<()> {
        self.finds(name).await?.click().await
    }

    /// Chooses a file in the field for files.
    ///
    /// # Errors
    /// The browser does not take it.
    pub async fn chooses(&self, file: &Path) -> WebDriverResult<()> {
        self.finds("file-input").await?.send_keys(file.to_string_lossy()).await
    }

    /// Opens a file, and has it read as it would be.
    ///
    /// # Errors
    /// It is not read.
    pub async fn opens(&self, file: &Path) -> WebDriverResult<()> {
        self.chooses(file).await?;
        self.clicks("read-it").await
    }
}
