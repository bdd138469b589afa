//! An environment, one `NAME=VALUE` a line, an empty line, and a `-c` file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::config::{Config, ConfigFile, Given};

fuzz_target!(|text: &str| {
    let (environment, file) = text.split_once("\n\n").unwrap_or((text, ""));
    let pairs = environment.lines().filter_map(|line| line.split_once('='));
    let given = Given {
        environment: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        file: Some(ConfigFile { path: "avp.yaml".into(), text: file.into(), in_repository: true }),
        ..Given::default()
    };
    let (config, _) = Config::read(given);
    for (row, _) in config.settings() {
        let _ = (config.bool(row.name), config.number(row.name), config.duration(row.name), config.rate(row.name));
        let _ = (config.regex(row.name), config.list(row.name), config.confined(row.name));
    }
});
