//! Lists the files of the schemas, so that a new schema is a new file and nothing else.

use std::{env, error::Error, ffi::OsStr, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    let migrations = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    let mut list = String::new();
    for folder in ["sqlite", "postgres"] {
        list += &format!("const {}: &[Schema] = &[\n", folder.to_uppercase());
        let files = fs::read_dir(migrations.join(folder))?;
        let mut paths = files
            .map(|file| file.map(|file| file.path()))
            .collect::<Result<Vec<_>, _>>()?;
        paths.sort();
        for path in paths {
            let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            let (number, words) = name.split_once('_').ok_or("a schema is NUMBER_words.sql")?;
            let (number, words) = (number.parse::<i64>()?, words.replace('_', " "));
            list += &format!("    ({number}, {words:?}, include_str!({path:?})),\n");
        }
        list += "];\n";
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("schemas.rs"), list)?;
    Ok(())
}
