//! The libraries: where each is, and where they differ.

use std::path::{Path, PathBuf};

use tests::process::program;

/// A gRPC library with an ALTS of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    /// This repository's, through tonic.
    Ours,
    /// C-core of this year, through Python.
    Grpcio,
    /// grpc-go as Debian ships it.
    Go,
    /// grpc-java as Debian ships its source.
    Java,
    /// An older C-core, as Debian ships it, through C++.
    Cpp,
}

impl Library {
    /// The status with which this library reports that its handshaker refused the peer.
    ///
    /// grpc-java has no status for the exception that such an answer becomes.
    pub(crate) const fn says_of_a_refused_peer(self) -> &'static str {
        match self {
            Self::Java => "UNKNOWN",
            Self::Ours | Self::Grpcio | Self::Go | Self::Cpp => "UNAVAILABLE",
        }
    }

    /// The same when the peer had no credential, or no ALTS: to us, that is the article's `UNKNOWN`.
    pub(crate) const fn says_of_a_failed_handshake(self) -> &'static str {
        match self {
            Self::Ours => "UNKNOWN",
            _ => self.says_of_a_refused_peer(),
        }
    }

    /// The status of a call whose connection breaks because a record does not decrypt here.
    pub(crate) const fn says_of_a_damaged_record(self) -> &'static str {
        match self {
            Self::Ours | Self::Go => "UNAVAILABLE",
            Self::Grpcio | Self::Java | Self::Cpp => "UNKNOWN",
        }
    }

    /// The status when the handshaker cannot be reached, or fails the RPC without a message.
    ///
    /// grpc-java has learnt since 1.41 to look for a status among the causes.
    pub(crate) const fn says_of_a_silent_handshaker(self) -> &'static str {
        self.says_of_a_refused_peer()
    }

    /// Whether a running process goes on with the credential that it has when its account is
    /// disabled.
    ///
    /// A credential is kept for as long as the process's connection to its handshaker. C-core has
    /// one only while handshakes are under way, and so asks for a new one each time.
    pub(crate) const fn keeps_its_credential(self) -> bool {
        match self {
            Self::Ours | Self::Go | Self::Java => true,
            Self::Grpcio | Self::Cpp => false,
        }
    }

    /// The program, and what goes before the words that it is told.
    pub(crate) fn program(self) -> (PathBuf, Option<PathBuf>) {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let here = |program: &str, by: &str| {
            let path = root.join("target").join(program);
            assert!(path.is_file(), "{self:?} is not built; run: {by}");
            path
        };
        match self {
            Self::Ours => (program("interop-ours").expect("built"), None),
            Self::Grpcio => (
                here("interop-venv/bin/python", "scripts/test --install interop"),
                Some(root.join("tests/interop/stranger.py")),
            ),
            Self::Go => (here("interop-go/stranger", "tests/interop/build go"), None),
            Self::Java => (
                here("interop-java/stranger", "tests/interop/build java"),
                None,
            ),
            Self::Cpp => (
                here("interop-cpp/stranger", "tests/interop/build cpp"),
                None,
            ),
        }
    }
}

/// Makes each case a test per pair of a client's and a server's library, named `case::who_calls_whom`.
macro_rules! pairs {
    ($case:ident: $($name:ident: $client:ident $server:ident),+ $(,)?) => {
        mod $case {
            use crate::library::Library;

            $(#[tokio::test]
            async fn $name() {
                super::$case(Library::$client, Library::$server).await;
            })+
        }
    };
}

/// Every library calls ours and is called by it, and ours calls itself.
macro_rules! with_us {
    ($($case:ident),+ $(,)?) => { $(pairs!($case:
        grpcio_calls_us: Grpcio Ours,
        go_calls_us: Go Ours,
        java_calls_us: Java Ours,
        cpp_calls_us: Cpp Ours,
        we_call_grpcio: Ours Grpcio,
        we_call_go: Ours Go,
        we_call_java: Ours Java,
        we_call_cpp: Ours Cpp,
        we_call_us: Ours Ours,
    );)+ };
}

/// The same, and every stranger calls and is called by one of another family: nothing of ours in between
/// but the handshaker.
macro_rules! with_everybody {
    ($($case:ident),+ $(,)?) => { $(pairs!($case:
        grpcio_calls_us: Grpcio Ours,
        go_calls_us: Go Ours,
        java_calls_us: Java Ours,
        cpp_calls_us: Cpp Ours,
        we_call_grpcio: Ours Grpcio,
        we_call_go: Ours Go,
        we_call_java: Ours Java,
        we_call_cpp: Ours Cpp,
        we_call_us: Ours Ours,
        go_calls_grpcio: Go Grpcio,
        java_calls_go: Java Go,
        cpp_calls_java: Cpp Java,
        grpcio_calls_cpp: Grpcio Cpp,
        go_calls_java: Go Java,
        java_calls_grpcio: Java Grpcio,
    );)+ };
}

/// Makes each case a test per library, named `case::library`.
macro_rules! each_library {
    ($($case:ident),+ $(,)?) => { $(
        mod $case {
            use crate::library::Library;

            #[tokio::test]
            async fn ours() {
                super::$case(Library::Ours).await;
            }
            strangers!($case);
        }
    )+ };
}

/// Makes each case a test per library that is not ours.
macro_rules! each_stranger {
    ($($case:ident),+ $(,)?) => { $(
        mod $case {
            use crate::library::Library;

            strangers!($case);
        }
    )+ };
}

/// The tests of these two.
macro_rules! strangers {
    ($case:ident) => { strangers!($case: grpcio Grpcio, go Go, java Java, cpp Cpp); };
    ($case:ident: $($name:ident $library:ident),+) => {
        $(#[tokio::test]
        async fn $name() {
            super::$case(Library::$library).await;
        })+
    };
}
