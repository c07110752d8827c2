//! Tests of `surface.rs`.

use super::*;

#[tokio::test]
async fn only_this_user_may_connect_to_a_unix_socket_and_a_stale_one_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    let address = AdminAddress::Unix(path.clone());
    for _ in 0..2 {
        let surface = AdminSurface::bind(&address).await.unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        tokio::net::UnixStream::connect(&path).await.unwrap();
        let second = AdminSurface::bind(&address).await.unwrap_err();
        assert_eq!(second.source.kind(), io::ErrorKind::AddrInUse);
        // As after a crash: the file stays.
        drop(surface);
    }
}
#[tokio::test]
async fn a_folder_that_others_may_change_is_no_place_for_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let address = AdminAddress::Unix(folder.path().join("admin.sock"));
    for (mode, good) in [
        (0o777, false),
        (0o770, false),
        (0o1777, true),
        (0o755, true),
    ] {
        fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
        let bound = AdminSurface::bind(&address).await;
        assert_eq!(bound.is_ok(), good, "{mode:o}: {bound:?}");
    }
}

#[tokio::test]
async fn what_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    fs::write(&path, "mine").unwrap();
    let refused = AdminSurface::bind(&AdminAddress::Unix(path.clone())).await;
    assert!(refused.unwrap_err().to_string().contains("it is no socket"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}
