# A release is uploaded whole or not at all.

mock_provider "google" {}

variables {
  project_id    = "grpc-alts-demo"
  location      = "us-central1"
  bucket        = "grpc-alts-demo-prod-ot-booking-release"
  labels        = {}
  directory     = "tests/release"
  platform      = "linux-amd64"
  programs      = ["booking-server"]
  readers       = {}
  force_destroy = true
}

run "an_object_is_named_for_its_content" {
  command = plan

  module {
    source = "./modules/release"
  }

  assert {
    condition     = google_storage_bucket_object.program["booking-server"].name == "${filesha256("tests/release/linux-amd64/booking-server")}/booking-server"
    error_message = "A machine fetches by digest."
  }

  assert {
    condition     = output.programs["booking-server"].sha256 == filesha256("tests/release/linux-amd64/booking-server")
    error_message = "A machine verifies the digest of the file that was uploaded."
  }
}

run "a_tampered_program_is_refused" {
  command = plan

  module {
    source = "./modules/release"
  }

  variables {
    directory = "tests/tampered"
  }

  expect_failures = [google_storage_bucket_object.program]
}

run "a_missing_program_is_refused" {
  command = plan

  module {
    source = "./modules/release"
  }

  variables {
    directory = "tests/tampered"
    programs  = ["booking-web"]
  }

  expect_failures = [google_storage_bucket_object.program]
}

run "a_program_without_a_checksum_is_refused" {
  command = plan

  module {
    source = "./modules/release"
  }

  variables {
    directory = "tests/tampered"
    programs  = ["booking-client"]
  }

  expect_failures = [google_storage_bucket_object.program]
}

run "no_release_at_all_is_refused" {
  command = plan

  module {
    source = "./modules/release"
  }

  variables {
    directory = "tests/nothing"
  }

  expect_failures = [google_storage_bucket_object.program]
}
