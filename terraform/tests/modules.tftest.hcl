# Each validation inside a module, with a value that it refuses: whoever calls a module without the root is told as well. Nothing is asked of
# Google.

mock_provider "google" {}

run "an_environment_is_short" {
  command = plan

  module {
    source = "./modules/naming"
  }

  variables {
    environment = "production"
    labels      = {}
  }

  expect_failures = [var.environment]
}

run "nobody_is_disabled_who_is_not_there" {
  command = plan

  module {
    source = "./modules/identity"
  }

  variables {
    project_id  = "grpc-alts-demo"
    account_ids = { client = "prod-ot-booking-client-svc" }
    titles      = { client = "front end" }
    disabled    = ["server"]
  }

  expect_failures = [var.disabled]
}

run "an_authority_certifies_both" {
  command = plan

  module {
    source = "./modules/authority"
  }

  variables {
    project_id = "grpc-alts-demo"
    region     = "us-central1"
    prefix     = "prod-ot-booking"
    labels     = {}
    accounts   = { authority = "a@example.org" }
  }

  expect_failures = [var.accounts]
}

run "a_range_is_a_network_in_the_module_too" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    project_id    = "grpc-alts-demo"
    region        = "us-central1"
    prefix        = "prod-ot-booking"
    subnet_range  = "10.0.0.0"
    hosts         = {}
    nat           = false
    accounts      = { client = "c@example.org", server = "s@example.org" }
    booking_port  = 8080
    load_balanced = false
  }

  expect_failures = [var.subnet_range]
}

run "rules_name_both_accounts" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    project_id    = "grpc-alts-demo"
    region        = "us-central1"
    prefix        = "prod-ot-booking"
    subnet_range  = "10.0.0.0/24"
    hosts         = {}
    nat           = false
    accounts      = { client = "c@example.org" }
    booking_port  = 8080
    load_balanced = false
  }

  expect_failures = [var.accounts]
}

run "a_machine_is_in_a_zone" {
  command = plan

  module {
    source = "./modules/machine"
  }

  variables {
    project_id          = "grpc-alts-demo"
    zone                = "us-central1"
    name                = "prod-booking-client-vm"
    machine_type        = "e2-small"
    disk_type           = "pd-balanced"
    image               = "debian-cloud/debian-13"
    subnetwork          = "default"
    account             = "c@example.org"
    startup_script      = "true"
    labels              = {}
    deletion_protection = false
  }

  expect_failures = [var.zone]
}

run "a_group_has_a_machine" {
  command = plan

  module {
    source = "./modules/backend-group"
  }

  variables {
    project_id     = "grpc-alts-demo"
    region         = "us-central1"
    zones          = ["us-central1-a"]
    prefix         = "prod-ot-booking"
    machine_prefix = "prod-booking-service"
    size           = 0
    machine_type   = "e2-small"
    disk_type      = "pd-balanced"
    image          = "debian-cloud/debian-13"
    network        = "default"
    subnetwork     = "default"
    port           = 8080
    account        = "s@example.org"
    startup_script = "true"
    labels         = {}
  }

  expect_failures = [var.size]
}

run "a_group_is_somewhere" {
  command = plan

  module {
    source = "./modules/backend-group"
  }

  variables {
    project_id     = "grpc-alts-demo"
    region         = "us-central1"
    zones          = []
    prefix         = "prod-ot-booking"
    machine_prefix = "prod-booking-service"
    size           = 2
    machine_type   = "e2-small"
    disk_type      = "pd-balanced"
    image          = "debian-cloud/debian-13"
    network        = "default"
    subnetwork     = "default"
    port           = 8080
    account        = "s@example.org"
    startup_script = "true"
    labels         = {}
  }

  expect_failures = [var.zones]
}

run "a_tier_is_cloud_sqls" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    project_id          = "grpc-alts-demo"
    region              = "us-central1"
    prefix              = "prod-ot-booking"
    labels              = {}
    network             = "default"
    tier                = "small"
    highly_available    = false
    password            = "sixteen-letters-"
    password_version    = 1
    reader              = "s@example.org"
    deletion_protection = false
  }

  expect_failures = [var.tier]
}

run "a_release_is_for_a_platform" {
  command = plan

  module {
    source = "./modules/release"
  }

  variables {
    project_id    = "grpc-alts-demo"
    location      = "us-central1"
    bucket        = "grpc-alts-demo-release"
    labels        = {}
    directory     = "tests/release"
    platform      = "linux"
    programs      = ["booking-server"]
    readers       = {}
    force_destroy = true
  }

  expect_failures = [var.platform]
}

run "who_logs_in_is_somebody" {
  command = plan

  module {
    source = "./modules/access"
  }

  variables {
    project_id = "grpc-alts-demo"
    zone       = "us-central1-a"
    prefix     = "prod-ot-booking"
    machines   = {}
    accounts   = {}
    members    = ["allUsers"]
  }

  expect_failures = [var.members]
}

run "who_logs_in_does_so_in_a_zone" {
  command = plan

  module {
    source = "./modules/access"
  }

  variables {
    project_id = "grpc-alts-demo"
    zone       = "us-central1"
    prefix     = "prod-ot-booking"
    machines   = {}
    accounts   = {}
    members    = []
  }

  expect_failures = [var.zone]
}

run "a_codename_is_a_word" {
  command = plan

  module {
    source = "./modules/operations"
  }

  variables {
    project_id    = "grpc-alts-demo"
    zones         = ["us-central1-a"]
    prefix        = "prod-ot-booking"
    environment   = "prod"
    codename      = "13"
    handshakers   = true
    patched       = false
    dashboard     = false
    machine_count = 3
  }

  expect_failures = [var.codename]
}

run "there_is_a_machine" {
  command = plan

  module {
    source = "./modules/operations"
  }

  variables {
    project_id    = "grpc-alts-demo"
    zones         = ["us-central1-a"]
    prefix        = "prod-ot-booking"
    environment   = "prod"
    codename      = "trixie"
    handshakers   = true
    patched       = false
    dashboard     = false
    machine_count = 0
  }

  expect_failures = [var.machine_count]
}

run "pages_have_a_domain" {
  command = plan

  module {
    source = "./modules/people"
  }

  variables {
    project_id = "grpc-alts-demo"
    zone       = "us-central1-a"
    prefix     = "prod-ot-booking"
    labels     = {}
    network    = "default"
    account    = "c@example.org"
    port       = 8000
    domain     = "OT"
    members    = []
    machine    = { self_link = "m", instance_id = "1" }
  }

  expect_failures = [var.domain]
}

run "pages_are_not_for_everybody" {
  command = plan

  module {
    source = "./modules/people"
  }

  variables {
    project_id = "grpc-alts-demo"
    zone       = "us-central1-a"
    prefix     = "prod-ot-booking"
    labels     = {}
    network    = "default"
    account    = "c@example.org"
    port       = 8000
    domain     = "ot.example.org"
    members    = ["allUsers"]
    machine    = { self_link = "m", instance_id = "1" }
  }

  expect_failures = [var.members]
}

run "pages_are_in_a_zone" {
  command = plan

  module {
    source = "./modules/people"
  }

  variables {
    project_id = "grpc-alts-demo"
    zone       = "us-central1"
    prefix     = "prod-ot-booking"
    labels     = {}
    network    = "default"
    account    = "c@example.org"
    port       = 8000
    domain     = "ot.example.org"
    members    = []
    machine    = { self_link = "m", instance_id = "1" }
  }

  expect_failures = [var.zone]
}
