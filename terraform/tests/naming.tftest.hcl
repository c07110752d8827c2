# The article's names. No provider takes part.

run "names_are_the_articles" {
  command = plan

  module {
    source = "./modules/naming"
  }

  variables {
    environment = "prod"
    labels      = { team = "surgery" }
  }

  assert {
    condition     = output.machines == { client = "prod-booking-client-vm", server = "prod-booking-service-vm", authority = "prod-alts-authority-vm" }
    error_message = "The article's machines are prod-booking-client-vm and prod-booking-service-vm."
  }

  assert {
    condition     = output.account_ids == { client = "prod-ot-booking-client-svc", server = "prod-ot-booking-svc", authority = "prod-alts-authority-svc" }
    error_message = "The article's accounts are prod-ot-booking-client-svc and prod-ot-booking-svc."
  }

  assert {
    condition     = startswith(output.machines["server"], output.backend_group)
    error_message = "A lone backend's name begins as those of a group do: the handshakers' policy names that beginning."
  }

  assert {
    condition     = alltrue([for id in values(output.account_ids) : length(replace(id, "prod", "12345678")) <= 30])
    error_message = "With the longest environment an account id still has at most 30 characters."
  }

  assert {
    condition     = output.labels == { team = "surgery", application = "ot-booking", environment = "prod", managed-by = "terraform" }
    error_message = "The suite's three labels stand beside the caller's."
  }
}
