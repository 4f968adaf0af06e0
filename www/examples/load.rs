//! How many responses a second the collector acknowledges, and how long a page waits for it: a collector and its callers
//! in one process, over real sockets, on a real disk. It writes into a fresh folder and removes it.
//!
//! `cargo run --release -p candor --example load -- [RESPONSES] [CONNECTIONS] [PER_SECOND] [LINES]`: 50,000 responses over 64
//! connections as fast as they go, a line each, unless told otherwise. It ends after at most a minute.
#![allow(clippy::print_stdout)]

use candor::server::{App, Options, listen, router, run};
use candor_survey::json::Value;
use candor_survey::{Time, Uuid};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DEFINITION: &str = r#"{"candor":1,"id":"load","origins":["https://shop.example"],"languages":["en"],"pages":[{"questions":[{"id":"nps","type":"nps","text":"How likely?","required":true},{"id":"why","type":"text","text":"Why?"}]}],"state":"live"}"#;

fn line(n: u64, revision: &str) -> String {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    let id = Uuid::v7(candor::clock::now().0, random);
    let (id, nps) = (id.as_str(), n % 11);
    format!(
        r#"{{"v":1,"id":"{id}","seq":0,"survey":"load","revision":"{revision}","status":"complete","test":false,"locale":"en","page":"/checkout/thanks","started":"2026-11-21T10:00:00.000Z","submitted":"2026-11-21T10:00:41.210Z","utc_offset_min":60,"order":["nps","why"],"answers":{{"nps":{nps},"why":"The delivery was on time and the parcel was whole, which is all that I ask for."}},"attributes":{{"agent":"A17","store":"Leeds"}},"invitation":{{"source":"trigger","token":null,"preset":{{}}}},"signals":{{"ms_total":41210,"ms_first":3100,"ms":{{"nps":3100,"why":21000}},"changes":1,"raised":0,"hidden":0,"untrusted":0,"input":"touch","pasted":0,"device_day":1,"device_all":1}},"integrity":{{"evidence":"none","score":0.02,"reasons":[]}}}}"#
    )
}

/// Reads one answer off a kept-alive connection and counts the lines it calls stored.
async fn stored(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<usize, Box<dyn Error + Send + Sync>> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the collector hung up".into());
        }
        let text = String::from_utf8_lossy(buffer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(usize::MAX) {
            return if head.starts_with("HTTP/1.1 200") {
                Ok(body.matches("\"status\":\"stored\"").count())
            } else {
                Err(text.into_owned().into())
            };
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>());
    let mut next = |usual: u64| arguments.next().unwrap_or(Ok(usual));
    let (responses, connections, per_second, lines) = (next(50_000)?, next(64)?, next(0)?, next(1)?.max(1));

    let folder = std::env::current_dir()?.join(format!("load-data-{}", std::process::id()));
    let options =
        Options { surveys: folder.join("surveys"), data: folder.join("data"), rate: 0, proxied: false };
    std::fs::create_dir_all(&options.surveys)?;
    std::fs::write(options.surveys.join("load.json"), DEFINITION)?;
    let revision = candor_survey::revision::revision(&Value::parse(DEFINITION).map_err(|e| e.to_string())?);
    let app = Arc::new(App::open(&options)?);
    let listener = listen("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(run(vec![(listener, router(app, None))], async {
        let _ = stopped.await;
    }));

    let taken = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (taken, revision) = (Arc::clone(&taken), revision.clone());
        callers.spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (mut waits, mut acknowledged, mut buffer) = (Vec::new(), 0, Vec::new());
            while start.elapsed() < Duration::from_secs(60) {
                let n = taken.fetch_add(lines, Ordering::Relaxed);
                if n >= responses {
                    break;
                }
                // At a given rate each request has its moment, and waiting counts from there: a slow answer must not
                // slow the questions down.
                let due = match (n * 1_000_000).checked_div(per_second) {
                    None => Instant::now(),
                    Some(us) => {
                        let due = start + Duration::from_micros(us);
                        tokio::time::sleep_until(due.into()).await;
                        due
                    }
                };
                let body: String = (n..n + lines).map(|n| line(n, revision.as_str()) + "\n").collect();
                let request = format!(
                    "POST /v1/responses HTTP/1.1\r\nhost: {address}\r\norigin: https://shop.example\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(request.as_bytes()).await?;
                acknowledged += stored(&mut stream, &mut buffer).await?;
                waits.push(due.elapsed());
            }
            Ok::<_, Box<dyn Error + Send + Sync>>((waits, acknowledged))
        });
    }
    let (mut waits, mut acknowledged) = (Vec::new(), 0);
    while let Some(caller) = callers.join_next().await {
        let (some, count) = caller??;
        waits.extend(some);
        acknowledged += count;
    }
    let took = start.elapsed();
    waits.sort();
    let at = |share: f64| {
        let wait = waits.get(((waits.len() as f64 * share) as usize).min(waits.len().saturating_sub(1)));
        wait.map_or(0.0, |w| w.as_secs_f64() * 1000.0)
    };
    println!(
        "{acknowledged} acknowledged in {:.2} s: {:.0}/s; wait p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms; began {}",
        took.as_secs_f64(),
        acknowledged as f64 / took.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0),
        Time(candor::clock::now().0 - took.as_millis() as i64)
    );
    let _ = stop.send(());
    server.await??;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
