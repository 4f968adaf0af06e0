//! Scripts in a file's headers and cells: five hundred of them, and none ever runs, nor becomes anything but text, on any page.

use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, in_each};
use thirtyfour::prelude::*;

/// What gets out of a text, an attribute, a style, a comment or a JSON string.
const BREAKS: [&str; 20] = [
    "",
    "\"",
    "'",
    "\">",
    "'>",
    "</td>",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "</svg>",
    "-->",
    "]]>",
    "*/",
    "`",
    "\\",
    "\\\"",
    "\u{0}",
    "&quot;>",
    "%22%3E",
];

/// What runs once it is out.
const RUNS: [&str; 25] = [
    "<script>ran()</script>",
    "<script src=data:,ran()></script>",
    "<img src=x onerror=ran()>",
    "<img src=x onerror='ran()'//",
    "<svg onload=ran()>",
    "<svg><script>ran()</script></svg>",
    "<svg><animate onbegin=ran() attributeName=x dur=1s>",
    "<body onload=ran()>",
    "<iframe srcdoc='<script>parent.ran()</script>'></iframe>",
    "<iframe src=javascript:parent.ran()></iframe>",
    "<a href=javascript:ran()>a</a>",
    "<details open ontoggle=ran()>",
    "<video><source onerror=ran()></video>",
    "<input autofocus onfocus=ran()>",
    "<object data=javascript:ran()></object>",
    "<embed src=javascript:ran()>",
    "<meta http-equiv=refresh content='0;url=javascript:ran()'>",
    "<form action=javascript:ran()><button>b</button></form>",
    "<math><mtext><style><img src onerror=ran()></style></mtext></math>",
    "<template shadowrootmode=open><script>ran()</script></template>",
    "<link rel=stylesheet href='data:text/css,*{}' onload=ran()>",
    "<base href=javascript:ran()//>",
    "javascript:ran()",
    "{{constructor.constructor('ran()')()}}",
    "${ran()}",
];

/// Five hundred of them: each way out before each that runs.
fn payloads() -> Vec<String> {
    BREAKS.iter().flat_map(|out| RUNS.iter().map(move |run| format!("{out}{run}"))).collect()
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// A table in which every payload stands as the name of a unit, in a comment that is quoted as evidence, as a value of a column to
/// choose by, and forty of them as names of columns.
fn table() -> String {
    let payloads = payloads();
    let mut csv = String::from("score,store,comment,region");
    for name in payloads.iter().step_by(payloads.len() / 40).take(40) {
        csv.push_str(&format!(",{}", quoted(name)));
    }
    csv.push('\n');
    for row in 0..payloads.len() * 12 {
        let of = |step: usize| payloads[(row * step) % payloads.len()].as_str();
        let comment = format!("{} he begged me to give him a 10 {}", of(1), of(7));
        let cells = [quoted(&format!("Shop {}", payloads[row / 12])), quoted(&comment), quoted(of(11))];
        csv.push_str(&format!("{},{}", (row * 7 + row / 13) % 11, cells.join(",")));
        for column in 0..40 {
            csv.push_str(&format!(",{}", quoted(of(column + 13))));
        }
        csv.push('\n');
    }
    csv
}

/// Listens from before the app begins to what it tries and to what would have run.
const WATCH: &str = "window.tried = []; window.ran = () => tried.push('ran');
    addEventListener('securitypolicyviolation', (event) => tried.push(event.violatedDirective + ' ' + event.blockedURI));";

/// What of a payload became more than text; and what was tried.
const CAUGHT: &str = "const bad = [...document.querySelectorAll('body script:not([src]), iframe, object, embed, img, video, base, math, form[action], template, body meta, body link')]
        .map((element) => element.outerHTML.slice(0, 90));
    for (const element of document.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
            if (name.startsWith('on') || /^\\s*javascript:/i.test(value)) bad.push(element.localName + ' ' + name + '=' + value.slice(0, 60));
        }
    }
    return [...bad, ...window.tried];";

#[tokio::test]
async fn five_hundred_scripts_in_headers_and_cells_never_run_on_any_page() -> Outcome {
    assert_eq!(payloads().len(), 500);
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let file = folder.file("payloads.csv", table())?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        let analyst = browser.analyst();
        let caught = async |place: &str| -> WebDriverResult<()> {
            let caught: Vec<String> = browser.driver.execute(CAUGHT, vec![]).await?.convert()?;
            assert_eq!(caught, Vec::<String>::new(), "{place}");
            Ok(())
        };
        Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
        browser.driver.execute(WATCH, vec![]).await?;
        analyst.finds("file-input").await?.send_keys(file.to_string_lossy()).await?;
        analyst.finds("read-it").await?;
        // A payload is there to be seen, as the text that it is.
        let plan = browser.driver.query(By::Css(".plan-table")).first().await?.text().await?;
        assert!(plan.contains("<script>ran()</script>"), "{plan:.300}");
        caught("plan").await?;
        analyst.clicks("read-it").await?;
        analyst.finds("nps-value").await?;
        for page in ["brief", "integrity", "change", "drivers", "voices", "segments", "data"] {
            analyst.clicks(&format!("go-{page}")).await?;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            caught(page).await?;
        }
        // A unit's card, and the responses behind it.
        analyst.clicks("go-integrity").await?;
        analyst.clicks("card-link").await?;
        analyst.finds("card-name").await?;
        caught("card").await?;
        browser.driver.query(By::Css("a[href^='#responses']")).first().await?.click().await?;
        let row = analyst.reads("response-row").await?;
        assert!(row.contains("begged me"), "{row}");
        caught("responses").await?;
        Ok(())
    })
    .await
}
