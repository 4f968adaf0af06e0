//! The real binary: killed, signaled, started twice, started where it cannot write, and piped into something that stops
//! reading. Each test ends the processes it started, by their own ids.

use crate::fixtures::{definition, score, text};
use candor_survey::json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_candor");

/// A process that does not outlive its test.
struct Running {
    child: Child,
    address: String,
    // What it says on standard error after its first line.
    said: mpsc::Receiver<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("surveys")).unwrap();
    fs::write(folder.path().join("surveys/visit.json"), definition("visit", "live")).unwrap();
    folder
}

fn serve(folder: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.args(["serve", "--listen", "127.0.0.1:0", "--surveys"]).arg(folder.join("surveys"));
    command.arg("--data").arg(folder.join("data"));
    command
}

/// Starts a collector and waits until it listens.
fn start(mut command: Command) -> Running {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let (sender, said) = mpsc::channel();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let first = loop {
        let line = said.recv_timeout(Duration::from_secs(30)).expect("it says that it listens");
        if line.contains("listening on ") {
            break line;
        }
    };
    let address = first.split("listening on ").nth(1).unwrap().split(';').next().unwrap().to_string();
    Running { child, address, said }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

impl Running {
    fn post(&self, body: &str) -> (u16, String) {
        let url = format!("{}/v1/responses", self.address);
        let mut answer = agent().post(&url).header("content-type", "text/plain").send(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    fn terminate(&mut self) -> bool {
        let done = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(done.success());
        self.child.wait().unwrap().success()
    }
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(BINARY).args(arguments).arg("--data").arg(folder.join("data")).output().unwrap()
}

fn token(folder: &Path) -> String {
    let output = run(&["token", "new", "test"], folder);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_string()
}

fn export(running: &Running, token: &str) -> Vec<Value> {
    let url = format!("{}/v1/export?survey=visit", running.address);
    let mut answer = agent().get(&url).header("authorization", format!("Bearer {token}")).call().unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
    text.lines().map(|line| Value::parse(line).unwrap()).collect()
}

#[test]
fn killing_it_loses_nothing_that_was_acknowledged() {
    let folder = folder();
    let mut running = start(serve(folder.path()));
    let (sender, acknowledged) = mpsc::channel();
    let address = running.address.clone();
    let senders: Vec<_> = (0..8u64)
        .map(|sender_number| {
            let (sender, url) = (sender.clone(), format!("{address}/v1/responses"));
            std::thread::spawn(move || {
                for n in 0.. {
                    let n = sender_number * 1_000_000 + n;
                    let sent = agent()
                        .post(&url)
                        .header("content-type", "text/plain")
                        .send(score(n, (n % 11) as u8));
                    let answer = sent.and_then(|mut answer| answer.body_mut().read_to_string());
                    match answer {
                        Ok(answer) if answer.contains("\"status\":\"stored\"") => {
                            if sender.send(crate::fixtures::id(n)).is_err() {
                                return;
                            }
                        }
                        _ => return,
                    }
                }
            })
        })
        .collect();
    drop(sender);
    let mut ids: Vec<String> = acknowledged.iter().take(300).collect();
    // SIGKILL, to its own id.
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    ids.extend(acknowledged.iter());
    senders.into_iter().for_each(|sender| sender.join().unwrap());

    let again = start(serve(folder.path()));
    let exported = export(&again, &token(folder.path()));
    let stored: Vec<String> = exported[1..].iter().map(|line| text(line, "id")).collect();
    let missing: Vec<_> = ids.iter().filter(|id| !stored.contains(id)).collect();
    assert!(ids.len() >= 300 && missing.is_empty(), "{} acknowledged, missing {missing:?}", ids.len());
    let mut once = stored.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), stored.len(), "each is there once");
}

#[test]
fn a_term_signal_ends_it_with_success_and_what_it_took_is_there() {
    let folder = folder();
    let mut running = start(serve(folder.path()));
    assert_eq!(running.post(&score(1, 9)).0, 200);
    assert!(running.terminate());
    let again = start(serve(folder.path()));
    assert_eq!(export(&again, &token(folder.path())).len(), 2);
}

#[test]
fn a_second_process_on_the_same_data_says_who_has_it() {
    let folder = folder();
    let first = start(serve(folder.path()));
    let second = serve(folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains(&format!("another candor (process {})", first.child.id())), "{said}");
    assert!(said.contains("--data"), "{said}");
    assert_eq!(first.post(&score(1, 9)).0, 200, "the first goes on");
}

#[test]
fn tokens_can_be_made_listed_and_revoked_while_it_serves() {
    let folder = folder();
    let running = start(serve(folder.path()));
    let token = token(folder.path());
    assert_eq!(export(&running, &token).len(), 1);
    let listed = run(&["token", "list"], folder.path());
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.trim_end().ends_with("  test") && !listed.contains(&token), "{listed}");
    assert!(run(&["token", "revoke", "test"], folder.path()).status.success());
    let url = format!("{}/v1/export", running.address);
    let answer = agent().get(&url).header("authorization", format!("Bearer {token}")).call().unwrap();
    assert_eq!(answer.status(), 401);
    let again = run(&["token", "revoke", "test"], folder.path());
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8(again.stderr).unwrap().contains("no token named test"));
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = folder();
    fs::write(folder.path().join("data"), "a file").unwrap();
    let output = serve(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("candor: cannot make the data folder") && said.contains("data"), "{said}");
}

#[test]
fn data_of_a_later_version_is_left_alone() {
    let folder = folder();
    start(serve(folder.path())).terminate();
    let database = rusqlite::Connection::open(folder.path().join("data/candor.sqlite")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let output = serve(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("later Candor (schema 99"), "{said}");
}

#[test]
fn a_broken_definition_is_reported_with_its_place_and_the_others_are_served() {
    let folder = folder();
    fs::write(folder.path().join("surveys/a.json"), "{\n  \"candor\": 1,\n  oops\n}").unwrap();
    fs::write(folder.path().join("surveys/b.json"), definition("b", "life")).unwrap();
    let mut child = serve(folder.path()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    while !said.contains("listening on") && lines.read_line(&mut said).unwrap() > 0 {}
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.contains("a.json: not valid JSON at line 3, column 3: expected a key"), "{said}");
    assert!(said.contains("b.json: state: expected one of draft, live, paused, found \"life\""), "{said}");
    assert!(said.contains("1 live, 0 draft, 0 paused, 2 broken"), "{said}");
}

/// The shell's limit on the size of files stands for a disk that fills up while Candor runs.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_is_507_and_costs_nothing_that_was_acknowledged() {
    let folder = folder();
    let mut shell = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 300; exec \"$@\"";
    shell.args(["-c", script, "sh", BINARY, "serve", "--listen", "127.0.0.1:0", "--surveys"]);
    shell.arg(folder.path().join("surveys")).arg("--data").arg(folder.path().join("data"));
    let mut running = start(shell);
    let mut stored = 0u64;
    let refused = loop {
        let (status, body) = running.post(&score(stored, 9));
        if status != 200 {
            break (status, body);
        }
        stored += 1;
        assert!(stored < 1000, "300 blocks cannot hold so many");
    };
    assert_eq!(refused.0, 507, "{}", refused.1);
    assert!(refused.1.contains("\"code\":\"disk\""), "{}", refused.1);
    let health = agent().get(format!("{}/v1/health", running.address)).call().unwrap();
    assert_eq!(health.status(), 503);
    let said = running.said.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(said.contains("the disk cannot be written"), "{said}");
    running.terminate();
    let again = start(serve(folder.path()));
    let exported = export(&again, &token(folder.path()));
    assert_eq!(exported.len() as u64, stored + 1);
}

#[test]
fn a_refusal_of_a_large_body_reaches_whoever_sent_it() {
    let folder = folder();
    let running = start(serve(folder.path()));
    let (status, body) = running.post(&"x".repeat(3 << 20));
    assert_eq!(status, 413);
    assert!(body.contains("1 MiB"), "{body}");
}

/// A site, a shop and definitions, as a build leaves them.
fn built(folder: &Path) -> Vec<String> {
    for (path, content) in [
        ("site/index.html", "<!doctype html>Candor"),
        ("site/analyzer/index.html", "<!doctype html>Analyzer"),
        ("shop/index.html", "<!doctype html><script src=\"{{candor}}/candor.js\"></script>"),
        ("definitions/visit.json", &definition("visit", "live").replace("https://shop.example", "{{shop}}")),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let path = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let mut arguments = vec!["demo".to_string(), "--no-open".into()];
    for (option, name) in
        [("--site", "site"), ("--shop", "shop"), ("--definitions", "definitions"), ("--data", "demo-data")]
    {
        arguments.extend([option.to_string(), path(name)]);
    }
    arguments
}

#[test]
fn the_demo_prints_three_addresses_that_work_together() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = built(folder.path());
    let mut command = Command::new(BINARY);
    let mut child = command.args(&arguments).args(["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut running = Running { child, address: String::new(), said: mpsc::channel().1 };
    let mut line = || {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        line
    };
    let (shop, candor, analyzer) = (line(), line(), line());
    let shop = shop.strip_prefix("shop      ").and_then(|s| s.strip_suffix("/\n")).unwrap();
    let (candor, said) =
        candor.strip_prefix("candor    ").and_then(|c| c.trim_end().split_once("/#token=")).unwrap();
    let (token, home_knows) = said.split_once("&shop=").unwrap();
    assert_eq!(home_knows, format!("{shop}/"), "home links to the shop, whose port it cannot know");
    assert_eq!(analyzer, format!("analyzer  {candor}/analyzer/\n"));

    let mut page = agent().get(format!("{shop}/")).call().unwrap();
    let page = page.body_mut().read_to_string().unwrap();
    assert_eq!(page, format!("<!doctype html><script src=\"{candor}/candor.js\"></script>"));
    for path in ["/", "/analyzer/"] {
        assert_eq!(agent().get(format!("{candor}{path}")).call().unwrap().status(), 200, "{path}");
    }
    let survey = agent().get(format!("{candor}/v1/surveys/visit")).header("origin", shop).call().unwrap();
    assert_eq!(survey.status(), 200, "the definition lists the shop's origin");
    assert_eq!(survey.headers()["access-control-allow-origin"], shop);
    running.address = candor.to_string();
    assert_eq!(export(&running, token).len(), 1);
    assert!(running.terminate());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "exactly three lines");
}

#[test]
fn a_port_that_is_taken_is_named_with_the_option_that_changes_it() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = built(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Command::new(BINARY).args(&arguments).args(["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        format!("candor: port {port} is taken: stop what uses it, or choose another with --port\n")
    );
}

#[test]
fn a_simulation_read_by_something_that_stops_reading_ends_in_peace() {
    let mut child = Command::new(BINARY)
        .args(["simulate", "--responses", "2000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let definition = Value::parse(&first).unwrap();
    assert!(definition.get("definition").is_some() && definition.get("revision").is_some());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_simulation_is_collected_whole_and_both_exports_of_it_give_one_report() {
    let folder = folder();
    let file = folder.path().join("world.ndjson");
    let made = Command::new(BINARY)
        .args(["simulate", "--responses", "400", "--seed", "7", "--out"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let text = fs::read_to_string(&file).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let definition = Value::parse(first).unwrap().get("definition").unwrap().to_json();
    fs::write(folder.path().join("surveys/world.json"), &definition).unwrap();
    let survey = self::text(&Value::parse(&definition).unwrap(), "id");

    let running = start(serve(folder.path()));
    let lines: Vec<_> = rest.lines().collect();
    assert_eq!(lines.len(), 400);
    for batch in lines.chunks(200) {
        let (status, body) = running.post(&batch.join("\n"));
        assert_eq!(status, 200);
        assert_eq!(body.matches("\"status\":\"stored\"").count(), batch.len(), "{body}");
    }
    let token = token(folder.path());
    let get = |format: &str| {
        let url = format!("{}/v1/export?survey={survey}&format={format}", running.address);
        let mut answer = agent().get(&url).header("authorization", format!("Bearer {token}")).call().unwrap();
        assert_eq!(answer.status(), 200);
        answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap()
    };
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("export.ndjson"), get("ndjson")).unwrap();
    zip::ZipArchive::new(std::io::Cursor::new(get("csv"))).unwrap().extract(&out).unwrap();
    let analyze = |name: &str| {
        let output = Command::new(BINARY).args(["analyze", "--json"]).arg(out.join(name)).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice::<candor_engine::report::Report>(&output.stdout).unwrap()
    };
    let world = Command::new(BINARY)
        .args(["simulate", "--responses", "400", "--seed", "7", "--format", "csv"])
        .output()
        .unwrap();
    // The collector's clock is not the world's; all else is the same table.
    let table = |bytes: &[u8]| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
        let received = rows[0].iter().position(|name| name == "received").unwrap();
        rows.iter_mut().for_each(|row| drop(row.remove(received)));
        rows
    };
    let (exported, simulated) = (table(&fs::read(out.join("responses.csv")).unwrap()), table(&world.stdout));
    assert_eq!(exported.len(), simulated.len());
    for (exported, simulated) in exported.iter().zip(&simulated) {
        assert_eq!(exported, simulated);
    }

    let (ndjson, csv) = (analyze("export.ndjson"), analyze("responses.csv"));
    assert_eq!(ndjson.responses.read, 400);
    assert_eq!(ndjson, csv);
}

#[test]
fn a_file_that_cannot_be_analyzed_is_exit_code_2_and_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.csv");
    fs::write(&empty, "").unwrap();
    for (file, expected) in
        [(folder.path().join("nowhere.csv"), "nowhere.csv: No such file"), (empty, "is empty")]
    {
        let output = Command::new(BINARY).arg("analyze").arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("candor: ") && said.contains(expected), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn an_analysis_is_printed_as_text_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scores.csv");
    let mut rows = String::from("agent,score\n");
    (0..40).for_each(|n| rows.push_str(&format!("A{},{}\n", n % 2, 7 + n % 4)));
    fs::write(&file, rows).unwrap();
    let json = Command::new(BINARY).args(["analyze", "--json"]).arg(&file).output().unwrap();
    assert!(json.status.success(), "{json:?}");
    let report: candor_engine::report::Report = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(report.responses.read, 40);
    let text = Command::new(BINARY).arg("analyze").arg(&file).output().unwrap();
    // The notes of the plan stand before the report; beside JSON they are on standard error.
    let (shown, notes) = (String::from_utf8(text.stdout).unwrap(), String::from_utf8(json.stderr).unwrap());
    let said = shown.trim_end().strip_suffix(report.to_text().trim_end()).unwrap();
    assert!(said.contains("scale from 1 to 10") && notes.contains("scale from 1 to 10"), "{said} {notes}");
}
