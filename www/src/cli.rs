//! The command line: what can be asked of `candor`, and with which exit code it answers. It reads arguments, prints, and
//! leaves the work to the other modules.

use crate::demo::Demo;
use crate::error::Error;
use crate::server::{self, App, Options};
use crate::site::Site;
use crate::{analyze, careless, check, rate, simulate, token, value};
use candor_engine::world::{Parameters, Pressure, World};
use candor_survey::{Id, Time};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Candor collects feedback on other people's pages, and tells honest ratings from pressured ones.
#[derive(Debug, Parser)]
#[command(name = "candor", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve surveys, take responses, give exports
    Serve(Serve),
    /// Make, list and revoke the tokens that exports need
    #[command(subcommand)]
    Token(Token),
    /// Write the export of a simulated world in which some units are pressured
    Simulate(Simulate),
    /// Print what the responses in files are worth
    #[command(after_help = ANALYZE_HELP)]
    Analyze(Analyze),
    /// Print what the score has to do with money: a survey joined with a CRM file
    #[command(after_help = VALUE_HELP)]
    Value(Value),
    /// Print every index of careless answering for every response, as CSV
    #[command(after_help = CARELESS_HELP)]
    Careless(Careless),
    /// Print what is wrong with survey definitions, and what could be better
    Check {
        /// Survey definitions
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Run a shop, Candor and the analyzer on this machine to look at
    Demo(DemoArgs),
}

#[derive(Debug, Args)]
struct Serve {
    /// Folder of survey definitions (*.json), read again when they change
    #[arg(long, value_name = "DIR")]
    surveys: PathBuf,
    /// Folder that holds responses and tokens; made when it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4400")]
    listen: String,
    /// Folder of built pages to serve beside the calls
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Requests a minute that one address may send, all of them at once if it likes; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = rate::DEFAULT)]
    rate: u32,
    /// A proxy stands in front: count requests by the last address in X-Forwarded-For
    #[arg(long)]
    proxied: bool,
}

#[derive(Debug, Subcommand)]
enum Token {
    /// Make a token and show it, this once
    New {
        /// What to call it: letters, digits, _ and -
        #[arg(value_parser = name)]
        name: Id,
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// List the tokens there are, each with the day it was made
    List {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Take a token back; exports with it are refused at once
    Revoke {
        /// Which one
        name: String,
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Simulate {
    /// Equal seeds give equal bytes
    #[arg(long, value_name = "N", default_value_t = 20_261_121)]
    seed: u64,
    /// How many responses
    #[arg(long, value_name = "N", default_value_t = 2400)]
    responses: u32,
    /// How many units (agents)
    #[arg(long, value_name = "N", default_value_t = 12)]
    units: u32,
    /// How many of them are pressured
    #[arg(long, value_name = "N", default_value_t = 2)]
    pressured: u32,
    /// How all of them are pressured; when not given, they take turns at the kinds
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The median number of responses to a unit, instead of --responses
    #[arg(long, value_name = "N", conflicts_with = "responses", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    size: Option<u32>,
    /// How much units differ in quality, on the latent scale
    #[arg(long, value_name = "SD", default_value_t = 0.25, value_parser = spread)]
    spread: f64,
    /// Write the page views too: those of customers who were not asked, and of those who did not answer
    #[arg(long, conflicts_with = "format")]
    exposures: bool,
    /// The first day
    #[arg(long, value_name = "DATE", default_value = "2026-08-24", value_parser = day)]
    start: Time,
    /// What to write: the whole export, or its responses.csv
    #[arg(long, value_enum, default_value = "ndjson")]
    format: Form,
    /// Where to write it; standard output when not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the customers too, as a CRM would export them: CSV
    #[arg(long, value_name = "FILE")]
    crm: Option<PathBuf>,
}

/// How units are pressured
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Customers are asked for a ten
    Beg,
    /// Staff fill surveys in themselves
    Fill,
    /// The unhappy are seldom invited
    Gate,
    /// Links carry the score
    Preset,
    /// Low scores are lifted at month end until the mean reaches nine
    Threshold,
    /// All of these, each at half its strength
    Mix,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Ndjson,
    Csv,
}

/// What `candor analyze --help` ends with.
const ANALYZE_HELP: &str = "\
Several files are read as one set of responses; tables must have the same header, and rows are counted on through them.
Beside a responses.csv, definitions.json and exposures.csv of the same export are read where they are.
What each column is taken for stands in the reading plan: --show-plan prints it, to be corrected and given back with --plan.
Exit codes: 0 read and printed; 2 a file cannot be read (the sentence is on standard error).

Example:
  candor simulate --responses 400 --out world.ndjson
  candor analyze world.ndjson
  candor analyze --json world.ndjson > report.json
  candor analyze --show-plan world.ndjson > plan.json
  candor analyze world.ndjson --plan plan.json";

/// What `candor value --help` ends with.
const VALUE_HELP: &str = "\
Both files may be of any format that is read. The key is guessed by how many values both have in common, the other columns by
their names and cells; --json prints the join plan under \"plan\", to be corrected and given back with --join. Of several answers
of a customer the latest counts; a key that stands in several rows of the CRM file is left out. What is found are associations:
no number says what a point would earn.
Exit codes: 0 read and printed; 2 a file cannot be read or joined (the sentence is on standard error).

Example:
  candor simulate --responses 1200 --out world.ndjson --crm crm.csv
  candor value world.ndjson crm.csv
  candor value --json world.ndjson crm.csv > value.json";

#[derive(Debug, Args)]
struct Value {
    /// The survey: one file as `candor analyze` reads it
    #[arg(value_name = "SURVEY")]
    survey: PathBuf,
    /// The CRM table: a row a customer, with revenue, lifetime value, churn, onboarding or segment
    #[arg(value_name = "CRM")]
    crm: PathBuf,
    /// Read the survey by this plan instead of guessing one
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Join by this plan instead of guessing one
    #[arg(long, value_name = "JOIN")]
    join: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `candor careless --help` ends with.
const CARELESS_HELP: &str = "\
One row a response: row (in the file), longstr and avgstr (longest and mean run of one answer), irv (spread of a person's
answers, then by quarters), mahad_sq and mahad_flag99 (distance from all others, and whether it lies past the 99% cut, which
flags about 8% of honest answers on rating scales), evenodd, psychsyn, psychant, person_total_excl and _incl, guttman,
guttman_normed, u3, fast (share of items faster than two seconds, with --ms), copies (responses with exactly these answers),
maxmatch and nearest (the largest share of identical answers with another response, and its row). An empty cell has no value;
why a whole column is empty is said on standard error. These indices are confounded with being satisfied: a happy customer
gives the top answer everywhere. Exit codes: 0 read and printed; 2 the file cannot be read.

Example:
  candor careless survey.csv --items q1,q2,q3,q4,q5,q6 --factors 2,2,2 > careless.csv";

#[derive(Debug, Args)]
struct Careless {
    /// Candor's NDJSON or responses.csv, or any CSV with one header row
    file: PathBuf,
    /// The columns of the items in the order asked, not reverse-keyed
    #[arg(long, value_name = "A,B,…", value_delimiter = ',', required = true)]
    items: Vec<String>,
    /// How many consecutive items belong to each factor; evenodd needs it
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    factors: Vec<usize>,
    /// A column of the milliseconds that all items together took
    #[arg(long, value_name = "COLUMN")]
    ms: Option<String>,
    /// Decides which 20,000 responses maxmatch compares when there are more
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Args)]
struct Analyze {
    /// Exports of Candor's or of any survey tool: NDJSON, CSV, XLSX, Parquet, SPSS, gzip and zip around them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to read it, as the app and --show-plan write it; guessed when not given
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Print the plan by which the files would be read, as JSON, instead of the report
    #[arg(long, conflicts_with_all = ["json", "plan"])]
    show_plan: bool,
}

#[derive(Debug, Args)]
struct DemoArgs {
    /// The built site
    #[arg(long, value_name = "DIR")]
    site: PathBuf,
    /// The built shop
    #[arg(long, value_name = "DIR")]
    shop: PathBuf,
    /// The definitions, with {{shop}} for the shop's origin
    #[arg(long, value_name = "DIR")]
    definitions: PathBuf,
    /// Where responses are kept
    #[arg(long, value_name = "DIR", default_value = "target/demo-data")]
    data: PathBuf,
    /// Candor's port; the shop has the next one, and 0 takes two that are free
    #[arg(long, default_value_t = 4400)]
    port: u16,
    /// Do not open the shop in a browser
    #[arg(long)]
    no_open: bool,
}

fn name(text: &str) -> Result<Id, String> {
    Id::new(text).ok_or_else(|| "expected 1 to 64 letters, digits, _ or -".into())
}

fn day(text: &str) -> Result<Time, String> {
    Time::parse(&format!("{text}T00:00:00.000Z")).ok_or_else(|| "expected a date such as 2026-11-21".into())
}

/// The exit code of `candor analyze` and `candor check` for a file that cannot be read, or a survey that is refused.
const UNREADABLE: u8 = 2;

/// Does what the command line says. Exit codes: 0 done, 1 could not be done (the sentence is on standard error), 2 the
/// command line or a file cannot be read, or a survey is refused.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => serve(args),
        Command::Token(args) => tokens(args),
        Command::Simulate(args) => simulated(&args),
        Command::Analyze(args) => {
            let found = if args.show_plan {
                analyze::plan(&args.files)
            } else {
                analyze::run(&args.files, args.plan.as_deref(), args.json)
            };
            return match found {
                Ok(report) => say(&report).map_or_else(failed, |()| ExitCode::SUCCESS),
                Err(sentence) => {
                    eprintln!("candor: {sentence}");
                    ExitCode::from(UNREADABLE)
                }
            };
        }
        Command::Value(args) => {
            let (plan, join) = (args.plan.as_deref(), args.join.as_deref());
            return match value::run(&args.survey, &args.crm, plan, join, args.json) {
                Ok(found) => say(&found).map_or_else(failed, |()| ExitCode::SUCCESS),
                Err(sentence) => {
                    eprintln!("candor: {sentence}");
                    ExitCode::from(UNREADABLE)
                }
            };
        }
        Command::Careless(args) => {
            let request = careless::Request {
                items: &args.items,
                factors: &args.factors,
                ms: args.ms.as_deref(),
                seed: args.seed,
            };
            return match careless::run(&args.file, &request, &mut io::BufWriter::new(io::stdout().lock())) {
                Ok(notes) => {
                    notes.iter().for_each(|note| eprintln!("candor: {note}"));
                    ExitCode::SUCCESS
                }
                Err(sentence) => {
                    eprintln!("candor: {sentence}");
                    ExitCode::from(UNREADABLE)
                }
            };
        }
        Command::Check { files } => {
            let checked = check::run(&files);
            let code = if checked.passed { ExitCode::SUCCESS } else { ExitCode::from(UNREADABLE) };
            return say(&checked.lines).map_or_else(failed, |()| code);
        }
        Command::Demo(args) => {
            let demo = Demo {
                site: args.site,
                shop: args.shop,
                definitions: args.definitions,
                data: args.data,
                port: args.port,
                open: !args.no_open,
            };
            block_on(demo.run())
        }
    };
    done.map_or_else(failed, |()| ExitCode::SUCCESS)
}

fn failed(error: Error) -> ExitCode {
    eprintln!("candor: {error}");
    ExitCode::FAILURE
}

/// Prints on standard output; that nobody reads on is no error.
fn say(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::file("write to", "standard output".as_ref())(error))
        }
        _ => Ok(()),
    }
}

fn block_on(work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Error::Usage(format!("cannot start threads: {error}")))?.block_on(work)
}

fn serve(args: Serve) -> Result<(), Error> {
    let options = Options { surveys: args.surveys, data: args.data, rate: args.rate, proxied: args.proxied };
    block_on(async move {
        let listener = server::listen(&args.listen).await?;
        let site = match &args.site {
            Some(folder) => {
                let site = Site::open(folder, Vec::new());
                Some(Arc::new(site.map_err(Error::file("read the built site", folder))?))
            }
            None => None,
        };
        let app = Arc::new(App::open(&options)?);
        let address = listener.local_addr().map_or(args.listen, |address| address.to_string());
        eprintln!("candor: listening on http://{address}; {}", server::summary(&app, &options.surveys));
        let router = server::router(Arc::clone(&app), site);
        server::run(vec![(listener, router)], server::signal()).await?;
        server::close(app);
        eprintln!("candor: ended; everything that was acknowledged is on disk");
        Ok(())
    })
}

fn tokens(args: Token) -> Result<(), Error> {
    match args {
        Token::New { name, data } => {
            let token = token::new(&data, &name)?;
            eprintln!("candor: keep this token; it cannot be shown again");
            say(&format!("{token}\n"))
        }
        Token::List { data } => {
            let listed = token::list(&data)?;
            let lines: String =
                listed.iter().map(|token| format!("{}  {}\n", token.created, token.name)).collect();
            say(&lines)
        }
        Token::Revoke { name, data } => {
            token::revoke(&data, &name)?;
            eprintln!("candor: {name} is revoked");
            Ok(())
        }
    }
}

fn simulated(args: &Simulate) -> Result<(), Error> {
    if args.units == 0 || args.pressured > args.units {
        let sentence = format!(
            "--units {} and --pressured {}: expected at least one unit, and no more pressured than there are",
            args.units, args.pressured
        );
        return Err(Error::Usage(sentence));
    }
    let world = World {
        seed: args.seed,
        responses: args.responses,
        units: args.units,
        pressured: args.pressured,
        start: args.start,
    };
    let parameters = Parameters {
        kind: args.kind.map(|kind| match kind {
            Kind::Beg => Pressure::Beg,
            Kind::Fill => Pressure::Fill,
            Kind::Gate => Pressure::Gate,
            Kind::Preset => Pressure::Preset,
            Kind::Threshold => Pressure::Threshold,
            Kind::Mix => Pressure::Mix,
        }),
        size_median: args.size.map(f64::from),
        quality_spread: args.spread,
        ..Parameters::default()
    };
    let form = match args.format {
        Form::Csv => simulate::Form::Csv,
        Form::Ndjson if args.exposures => simulate::Form::WithExposures,
        Form::Ndjson => simulate::Form::Ndjson,
    };
    if let Some(path) = &args.crm {
        std::fs::write(path, world.crm(&parameters)).map_err(Error::file("write", path))?;
    }
    simulate::run(&world, &parameters, form, args.out.as_deref())
}

fn spread(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(spread) if (0.0..=5.0).contains(&spread) => Ok(spread),
        _ => Err("expected a number from 0 to 5, as in 0.25".into()),
    }
}
