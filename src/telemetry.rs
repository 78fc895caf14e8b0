//! Log lines, and traces for whoever collects them.
//!
//! Traces go to a collector by OTLP, protobuf over HTTP, if the environment names one as OpenTelemetry has it
//! (`OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`); the other `OTEL_…` variables for the name of the
//! service, sampling, headers and batches hold too. Without one nothing is recorded for it.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use opentelemetry::KeyValue;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

use crate::config::{Config, LogFormat};

/// How long the last traces may take to leave when the process ends.
const GOODBYE: Duration = Duration::from_secs(2);

/// The target of spans that become traces and stand in no log line.
const TRACE: &str = "rolecall::trace";

/// What is told while this value lives.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Begins to write log lines to standard error, so that standard output stays for answers, and to send traces if
    /// somebody collects them.
    ///
    /// # Errors
    /// The environment asks for traces in a way that is not spoken here.
    pub fn begin(config: &Config) -> anyhow::Result<Self> {
        let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
        // Spans for traces alone.
        let filter = filter.add_directive(format!("{TRACE}=off").parse()?);
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines: Box<dyn Layer<Registry> + Send + Sync> = match config.log_format {
            LogFormat::Json => lines.json().with_filter(filter).boxed(),
            LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        };
        let provider = provider()?;
        let traces = provider.as_ref().map(|provider| {
            // Requests and operations are spans of ours, statements those of sea_orm.
            let ours = Targets::new().with_targets([(TRACE, Level::INFO), ("sea_orm", Level::INFO)]);
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("rolecall"))
                .with_location(false)
                .with_filter(ours)
        });
        // Only tests start a second one in the same process.
        drop(tracing_subscriber::registry().with(lines).with(traces).try_init());
        Ok(Self(provider))
    }

    /// Sends the traces that wait. To be called outside of a runtime.
    pub fn end(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(GOODBYE)
        {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// What sends traces, if the environment names somebody who collects them.
fn provider() -> anyhow::Result<Option<SdkTracerProvider>> {
    let said = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let either = |one: &str, other: &str| said(one).or_else(|| said(other));
    let is_off = said("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || said("OTEL_TRACES_EXPORTER").is_some_and(|value| value == "none");
    if is_off || either("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT").is_none() {
        return Ok(None);
    }
    match either("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL") {
        Some(other) if other != "http/protobuf" => {
            bail!("OTEL_EXPORTER_OTLP_PROTOCOL={other}: traces are sent as http/protobuf alone")
        }
        _ => {}
    }
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build();
    let exporter = exporter.context("traces cannot be sent as the OTEL_… variables say")?;
    let is_named = said("OTEL_SERVICE_NAME").is_some()
        || said("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|attributes| attributes.contains("service.name="));
    let mut resource = Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    if !is_named {
        resource = resource.with_service_name("rolecall");
    }
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build()))
}

/// Makes a span part of the trace that a caller has begun (<https://www.w3.org/TR/trace-context/>). What is no such header
/// begins no trace.
pub fn adopt(span: &Span, parent: Option<&str>, state: Option<&str>) {
    struct Headers<'h>(Option<&'h str>, Option<&'h str>);

    impl Extractor for Headers<'_> {
        fn get(&self, key: &str) -> Option<&str> {
            match key {
                "traceparent" => self.0,
                "tracestate" => self.1,
                _ => None,
            }
        }

        fn keys(&self) -> Vec<&str> {
            vec!["traceparent", "tracestate"]
        }
    }

    if parent.is_some() {
        // Where nothing is traced, there is nothing to take part in.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Headers(parent, state)));
    }
}
