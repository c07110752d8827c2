# The article's names, with its environment as the only part that varies. No provider: pure values.

locals {
  roles = {
    client    = { account = "ot-booking-client-svc", machine = "booking-client-vm", title = "OT booking front end" }
    server    = { account = "ot-booking-svc", machine = "booking-service-vm", title = "OT booking backend" }
    authority = { account = "alts-authority-svc", machine = "alts-authority-vm", title = "ALTS signing authority" }
  }
}
