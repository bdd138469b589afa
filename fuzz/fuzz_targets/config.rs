//! An environment, one `NAME=VALUE` a line, an empty line, and a `-c` file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::internals::backend;
use vault_render::internals::config::{Config, ConfigFile, SettingSources};

fuzz_target!(|text: &str| {
    let (environment, file) = text.split_once("\n\n").unwrap_or((text, ""));
    let pairs = environment.lines().filter_map(|line| line.split_once('='));
    let sources = SettingSources {
        environment: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        file: Some(ConfigFile { path: "avp.yaml".into(), text: file.to_owned().into(), is_in_repository: true }),
        ..SettingSources::default()
    };
    // Every value is parsed here, the tenant rules included.
    let (config, _) = Config::read(sources, backend::settings());
    let _ = config.settings().count();
});
