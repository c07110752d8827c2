# Warnings, not errors: what is worth a look although it can be meant.

check "nobody_is_switched_off" {
  assert {
    condition     = length(var.disabled_accounts) == 0
    error_message = "A drill is on: the accounts ${join(" and ", var.disabled_accounts)} are disabled until an apply without disabled_accounts."
  }
}

check "the_article_is_no_longer_supported" {
  assert {
    condition     = local.suite
    error_message = "Google documents its own handshaker for connections between Google Cloud and Google, not between two machines of a project: it may stop working."
  }
}
