//! The visual record: every screen of the analyzer in light and dark, on a desk and on a telephone, beside the picture of it that
//! was looked at and committed (tests/pictures). Letters may be drawn a little differently elsewhere, so pictures are compared
//! in squares, and a few of these may differ.
//!
//! `CANDOR_BLESS=1 cargo test -p candor-tests --test pictures` renews the record; look at it before it is committed. What a run
//! saw that differs lies in the target folder, `pictures/`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use candor_tests::{Browser, Demo, Kind, Outcome, Visitor};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SCREENS: [&str; 11] = [
    "open",
    "brief",
    "integrity",
    "card",
    "change",
    "drivers",
    "voices",
    "segments",
    "value",
    "data",
    "plan",
];
const WINDOWS: [(&str, u32); 2] = [("desktop", 1280), ("phone", 390)];
/// The scale of a picture: half the size is enough to see what changed, and a quarter of the bytes.
const SCALE: f64 = 0.5;
/// Longer pages are cut: what is seen of one says enough.
const TALLEST: f64 = 3000.0;
/// The side of a square, in pixels.
const SQUARE: usize = 12;
/// By how much the mean of a square may differ, of 255.
const SHADE: i32 = 24;
/// The share of squares that may differ by more, and that of the height.
const TOLERANCE: f64 = 0.03;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A picture in squares: the mean red, green and blue of each.
struct Squares {
    width: usize,
    height: usize,
    means: Vec<[i32; 3]>,
}

fn squares(png: &[u8]) -> Fallible<Squares> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large a picture")?];
    let info = reader.next_frame(&mut pixels)?;
    let (width, height) = (info.width as usize, info.height as usize);
    let (across, down) = (width.div_ceil(SQUARE), height.div_ceil(SQUARE));
    let mut means = Vec::new();
    for square in 0..across * down {
        let (left, top) = (square % across * SQUARE, square / across * SQUARE);
        let (right, bottom) = ((left + SQUARE).min(width), (top + SQUARE).min(height));
        let mut sum = [0; 3];
        for y in top..bottom {
            for x in left..right {
                let at = (y * width + x) * 4;
                (0..3).for_each(|color| sum[color] += i32::from(pixels[at + color]));
            }
        }
        let n = ((right - left) * (bottom - top)) as i32;
        means.push(sum.map(|sum| sum / n));
    }
    Ok(Squares { width, height, means })
}

/// What is different between two pictures, if more than a little is.
fn difference(kept: &Squares, seen: &Squares) -> Option<String> {
    if kept.width != seen.width || kept.height.abs_diff(seen.height) as f64 > kept.height as f64 * TOLERANCE {
        return Some(format!("{} × {}, was {} × {}", seen.width, seen.height, kept.width, kept.height));
    }
    let differs = |(a, b): &(&[i32; 3], &[i32; 3])| (0..3).any(|color| (a[color] - b[color]).abs() > SHADE);
    let pairs = kept.means.len().min(seen.means.len());
    let share = kept.means.iter().zip(&seen.means).filter(differs).count() as f64 / pairs as f64;
    (share > TOLERANCE).then(|| format!("{:.1}% of it", share * 100.0))
}

/// The whole page as PNG.
async fn picture(browser: &Browser, width: u32) -> Fallible<Vec<u8>> {
    let tools = browser.driver.cdp();
    let metrics = tools.send_raw("Page.getLayoutMetrics", json!({})).await?;
    let height = metrics["cssContentSize"]["height"].as_f64().unwrap_or(0.0).min(TALLEST);
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": SCALE});
    let options = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
    let taken = tools.send_raw("Page.captureScreenshot", options).await?;
    Ok(BASE64.decode(taken["data"].as_str().unwrap_or_default())?)
}

/// Holds the screen against the record, or renews that.
fn compare(name: &str, png: &[u8]) -> Fallible<Option<String>> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(format!("{name}.png"));
    if std::env::var_os("CANDOR_BLESS").is_some() {
        std::fs::create_dir_all(kept.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(&kept, png)?;
        return Ok(None);
    }
    let differs = match std::fs::read(&kept) {
        Ok(bytes) => difference(&squares(&bytes)?, &squares(png)?),
        Err(error) => Some(format!("{}: {error}", kept.display())),
    };
    let Some(differs) = differs else { return Ok(None) };
    let seen = candor_tests::binary().parent().map_or_else(|| PathBuf::from("target"), Path::to_path_buf);
    let seen = seen.join("../pictures");
    std::fs::create_dir_all(&seen)?;
    std::fs::write(seen.join(format!("{name}.png")), png)?;
    Ok(Some(format!("{name}: {differs}")))
}

#[tokio::test]
async fn every_screen_looks_as_it_did_when_it_was_looked_at() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::of(Kind::Chromium).await?;
    let tools = browser.driver.cdp();
    let mut differences = Vec::new();
    for (window, width) in WINDOWS {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        tools.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        for scheme in ["light", "dark"] {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            tools.send_raw("Emulation.setEmulatedMedia", features).await?;
            browser.driver.goto("about:blank").await?;
            Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
            let analyst = browser.analyst();
            for screen in SCREENS {
                match screen {
                    "open" => drop(analyst.finds("open-sample").await?),
                    "brief" => {
                        analyst.clicks("open-sample").await?;
                        analyst.finds("nps-value").await?;
                    }
                    "card" => {
                        analyst.clicks("card-link").await?;
                        analyst.finds("card-name").await?;
                    }
                    "value" => {
                        analyst.clicks("go-value").await?;
                        analyst.clicks("crm-sample").await?;
                        analyst.finds("conclusion").await?;
                    }
                    "plan" => {
                        analyst.clicks("see-plan").await?;
                        analyst.finds("read-it").await?;
                    }
                    _ => analyst.clicks(&format!("go-{screen}")).await?,
                }
                // What moves comes to rest, and the keyboard's place is not part of the picture.
                browser.driver.execute("document.activeElement?.blur()", vec![]).await?;
                tokio::time::sleep(Duration::from_millis(400)).await;
                let name = format!("{screen}-{window}-{scheme}");
                differences.extend(compare(&name, &picture(&browser, width).await?)?);
            }
        }
    }
    assert!(
        differences.is_empty(),
        "other than the record in tests/pictures (`CANDOR_BLESS=1` renews it):\n{}",
        differences.join("\n")
    );
    Ok(())
}

#[test]
fn a_picture_that_is_another_one_is_told_from_letters_that_are_drawn_otherwise() {
    let shade = |of: fn(usize) -> i32| Squares {
        width: 240,
        height: 240,
        means: (0..100).map(|square| [of(square); 3]).collect(),
    };
    let kept = shade(|square| if square % 2 == 0 { 250 } else { 200 });
    assert_eq!(difference(&kept, &shade(|square| if square % 2 == 0 { 245 } else { 210 })), None);
    assert!(
        difference(
            &kept,
            &shade(|square| if square < 5 {
                20
            } else if square % 2 == 0 {
                250
            } else {
                200
            })
        )
        .is_some()
    );
    assert!(difference(&kept, &Squares { height: 300, ..shade(|_| 250) }).is_some());
}
