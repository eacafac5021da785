# One server cannot stand above and below the same server; its own rules know both.
tree hq > branch
settle
fails loop add branch hq
fails loop primary hq branch
fails own_certificate add hq hq
fails own_certificate primary hq hq
fails certificate_in_use add hq branch
server other
fails already_has_primary primary branch other
