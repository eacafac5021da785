// Generated from spec/openapi.yaml by `npm run api`. Do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this server answers */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics in the Prometheus text format
         * @description From a loopback address without an account; from elsewhere with one.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["specification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sessions of all users */
        get: operations["list_sessions"];
        put?: never;
        /**
         * Log in with a password
         * @description Opens a session of 12 hours, renewed by use. The secret is in the answer once, and in the cookie `daikan_session_PORT`
         *     (HttpOnly, Secure, SameSite=Strict). An unknown name and a wrong password are told apart by nothing, not even by time.
         */
        post: operations["log_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The session this request belongs to */
        get: operations["current_session"];
        put?: never;
        post?: never;
        /** Log out */
        delete: operations["log_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sessions and API tokens of one's own account */
        get: operations["list_tokens"];
        put?: never;
        /** Make an API token */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session or API token of one's own account */
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am and what I may */
        get: operations["account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the own password
         * @description A wrong current password is 422 `wrong_credentials` with the field `current_password`.
         */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two_factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a secret for an authenticator app (RFC 6238)
         * @description Of no effect until it is confirmed with its first code. Needs a session.
         */
        post: operations["enrol_two_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two_factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn the second factor on with its first code
         * @description A wrong code is 422 `wrong_credentials` with the field `code`.
         */
        post: operations["confirm_two_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two_factor/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn the second factor off with a code or a recovery code */
        post: operations["disable_two_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users, by name */
        get: operations["list_users"];
        put?: never;
        /**
         * Make a user
         * @description Nobody gives rights that they do not have themselves. A user without assignments may log in and do nothing.
         */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: operations["show_user"];
        put?: never;
        post?: never;
        /** Remove a user */
        delete: operations["remove_user"];
        options?: never;
        head?: never;
        /**
         * Disable or enable a user
         * @description Disabling ends all sessions of the user. The last enabled administrator of the server stays enabled (`conflict`).
         */
        patch: operations["change_user"];
        trace?: never;
    };
    "/api/v1/users/{id}/assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say which roles a user has, and where
         * @description Replaces all assignments. The last enabled administrator of the server stays one (`conflict`).
         */
        put: operations["assign_roles"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Give a user a new password */
        put: operations["set_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/two_factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take the second factor off the account of somebody else who lost it */
        delete: operations["clear_two_factor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access_rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How long passwords are, and from where the console is reached
         * @description This server's own word. Policies may say otherwise (`passwords.min_length`, `console.sources`): what is in force is in
         *     `GET /api/v1/server/effective_settings`.
         */
        get: operations["show_access_rules"];
        /**
         * Set both
         * @description Loopback is always let in. A list without the caller's own address is refused with `conflict` and the field `console_sources`; what a
         *     policy has locked, with `conflict` and the field that is to change.
         */
        put: operations["set_access_rules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rights that roles are made of */
        get: operations["list_rights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All roles, the built-in ones first, then those made here, then the inherited ones */
        get: operations["list_roles"];
        put?: never;
        /** Make a role */
        post: operations["create_role"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One role */
        get: operations["show_role"];
        /**
         * Change a role
         * @description Whoever has the role has the new rights at once, also on the servers that inherit it. Built-in roles cannot be changed, inherited ones on their
         *     owner only.
         */
        put: operations["edit_role"];
        post?: never;
        /** Remove a role that nobody has */
        delete: operations["remove_role"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End anybody's session */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server/identity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who this server is, for anyone */
        get: operations["identity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This server, for its administrators */
        get: operations["server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server/certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This server's certificate as a file */
        get: operations["export_certificate"];
        /**
         * Set a key and certificate of your own for this server
         * @description A roll-over as `POST /server/roll_over` begins one, to the key in the file. Another certificate for the key in use replaces it at once: peers know
         *     the key. Certificates beside the server's own are its chain, which this port presents from then on; the next key that is made here
         *     has none. The body holds a private key: it is kept nowhere but in the data folder, and the request cannot come from above.
         */
        put: operations["set_certificate"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server/roll_over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The roll-over of this server's key, peer by peer */
        get: operations["show_roll_over"];
        put?: never;
        /**
         * Make a new key and announce it to every peer
         * @description Both keys are accepted by the peers that were told. Once all of them have confirmed, the new key is used; a peer that sees it forgets
         *     the old one. `finish` does not wait for those that are missing.
         */
        post: operations["begin_roll_over"];
        /** Take it back, as long as the new key is not used */
        delete: operations["cancel_roll_over"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server/roll_over/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do not wait any longer
         * @description While it is announced, the new key is used from now on, and peers that have not confirmed have to be given the certificate file. Once it is used, the roll-over ends without the peers that have not been seen.
         */
        post: operations["finish_roll_over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Everything this server is, as one file sealed under a passphrase
         * @description One consistent view of the database, and the keys and certificates of the data folder. `daikan restore` makes a server of it again.
         *     The file is written as a whole before the answer begins, so `Content-Length` is exact. At most one backup is made or handed out at a
         *     time. Cannot be reached from above: it holds the key that this server is known by. Needs `manage_users` beside `manage_server`.
         */
        post: operations["make_backup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All administration groups */
        get: operations["list_groups"];
        put?: never;
        /** Make a group and its missing parents */
        post: operations["add_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One group */
        get: operations["show_group"];
        put?: never;
        post?: never;
        /**
         * Remove an empty group
         * @description Refused with `group_not_empty`, naming what it holds, while it holds groups, secondaries or devices, and with `permission_denied` for the root
         *     group.
         */
        delete: operations["remove_group"];
        options?: never;
        head?: never;
        /**
         * Rename or move a group, with all that it holds
         * @description A field that is absent stays as it is. Refused with `conflict` for the root group and for a group that would stand below itself, with
         *     `name_taken` where the new parent has such a group, and with `invalid_request` when it would be too deep.
         */
        patch: operations["edit_group"];
        trace?: never;
    };
    "/api/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The devices of this server, by name
         * @description Those in groups that the caller may read. Names are in the order of their bytes, ASCII letters in lower case; the cost of a page does not
         *     grow with the number of devices.
         */
        get: operations["list_devices"];
        /**
         * Tell what devices there are and how they are
         * @description Each row makes the device of its name or changes it. All rows are taken, or none: a row that cannot be is named in `field`
         *     (`devices[3].group`), with `group_not_found` where no group has its path. Devices that are not in the request stay as they are. Needs the right to edit groups in the group of each, and for
         *     a device that moves in both. The same request again changes nothing but `told_at`. A server holds up to 1,000,000 devices
         *     (`too_large`). One audit record for each request, and one event when anything but the time is new.
         */
        put: operations["tell_devices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a device that is gone */
        delete: operations["remove_device"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/device_counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many devices there are of each status
         * @description Of this server alone; those of the servers below are in the report `devices`. Only groups that the caller may read are counted.
         */
        get: operations["device_counts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secondaries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The secondaries of this server, by name */
        get: operations["list_secondaries"];
        put?: never;
        /**
         * Register a secondary by its certificate
         * @description Ways 2 and 3, and the third step of way 1. Without `certificate`, `fingerprint` names a server listed under unrecognised servers.
         *     With `direction` `primary_dials` the address is mandatory and this server dials it. The same request again answers 200 with the
         *     record that is there.
         */
        post: operations["add_secondary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secondaries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One secondary and its link */
        get: operations["show_secondary"];
        put?: never;
        post?: never;
        /**
         * End the registration of a secondary
         * @description The secondary is told over the link if it is up; otherwise it learns it at its next dial.
         */
        delete: operations["remove_secondary"];
        options?: never;
        head?: never;
        /**
         * Change a secondary in place
         * @description A field that is absent stays as it is; `address` and `proxy` are taken away by null. A new name or group keeps the link; a new
         *     certificate ends what the old one made, at once. Where this server dials, a new address, proxy, direction or certificate is tried
         *     first, and the error of a dial that fails is the answer, with nothing changed; `untested` saves it all the same. A proxy without a
         *     password and with the URL that is set already keeps its password. A server that stops dialling forgets address and proxy.
         */
        patch: operations["edit_secondary"];
        trace?: never;
    };
    "/api/v1/unrecognised_servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Servers that dialled and are not registered
         * @description At most 1000 in all, and at most 50 from one source (an IPv4 address or an IPv6 /64): a source with more loses its own oldest, not
         *     anybody else's. One is added with `POST /secondaries`, its `fingerprint` and a group.
         */
        get: operations["list_unrecognised_servers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unrecognised_servers/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a server off the list (it appears again, as a newcomer, when it dials again) */
        delete: operations["forget_unrecognised_server"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unrecognised_servers/{fingerprint}/ignored": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Ignore a server from now on; it is not listed when it dials again, and no event tells of it */
        put: operations["ignore_unrecognised_server"];
        post?: never;
        /** List an ignored server again */
        delete: operations["unignore_unrecognised_server"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/primary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This server's primary and the link to it */
        get: operations["show_primary"];
        /**
         * Use this server as a secondary of the given primary
         * @description With `direction` `secondary_dials` (the default) the address is mandatory; with `primary_dials` this server waits for its primary.
         *     Refused with `already_has_primary` when another one is set and `replace` is not true. The same request again changes nothing.
         */
        put: operations["set_primary"];
        post?: never;
        /**
         * Stop being a secondary
         * @description What was inherited stays in force as this server's own copies, which can be edited, unless it is to be removed.
         */
        delete: operations["clear_primary"];
        options?: never;
        head?: never;
        /**
         * Change in place how the primary is reached
         * @description As for a secondary: absent fields stay, null takes away, and what this server dials is tried first unless `untested`. The certificate
         *     replaces the pin of the same primary; for another primary use PUT with `replace`.
         */
        patch: operations["edit_primary"];
        trace?: never;
    };
    "/api/v1/primary/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the last move to another primary ended, or that it is running */
        get: operations["show_primary_move"];
        put?: never;
        /**
         * Move this server, with everything below it, to another primary
         * @description The new primary has registered this server before. A moment after the answer this server leaves its primary and follows the new one; unless that
         *     link is connected within `wait_seconds`, it goes back to the former, which still has it registered. The links to its own secondaries stay.
         *     Refused with `not_found` without a primary to come from, and with `conflict` while a move is running.
         */
        post: operations["move_to_primary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/primary/rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say what may be done here through the primary
         * @description `full`: all that the person may above; `read`: only look; `none`: nothing. Decided and enforced here, whatever the primary says.
         */
        put: operations["set_primary_rights"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/probes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try to reach another server's link port from here, changing nothing
         * @description Name, TCP, proxy, TLS, ALPN, certificate, within 20 seconds together. What cannot be reached is a result (`ok: false` and the error
         *     of the failing step), not an error of this request. One at a time for each person.
         */
        post: operations["probe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/console_probes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who answers at the address of a console, as seen from here
         * @description Reads the identity that anybody may read from another server's console port, for a person who compares the fingerprint before a join
         *     (`POST /joins` then accepts that certificate only). No account is used and nothing is changed. Refused with `own_certificate` when it
         *     is this server. One at a time for each person.
         */
        post: operations["probe_console"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/link_checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Examine one link, step by step, from both ends where a way exists
         * @description The end that dials does so once more, beside the link and without disturbing it: name, TCP, proxy, TLS, ALPN, and the pins of both.
         *     Hello, clock, version and loop are those of the link itself: a primary says hello again, and an attempt that waits is made at once.
         *     The primary asks a connected secondary over the link for the same and answers with both ends (`seen_by`); a secondary can ask
         *     nothing of its primary. What does not work is a result (`ok: false` and the reason of the first failing step), not an error of this
         *     request. It takes up to 75 seconds. One at a time for each person. Nothing is changed, and users and passwords of proxies are left
         *     out, so that the answer can be given away.
         */
        post: operations["check_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/joins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join a secondary whose console is reachable from this server
         * @description Runs the steps identity, probe, register_secondary, set_primary, link; all are undone when one fails. `fingerprint` is what the administrator
         *     compared. The account of the secondary is used and forgotten, never stored.
         */
        post: operations["begin_join"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Long operations, newest first */
        get: operations["list_operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One operation and its steps */
        get: operations["show_operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on from the first unfinished step */
        post: operations["resume_operation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop an operation and undo what it did */
        post: operations["cancel_operation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Invitations of this server, newest first
         * @description Ended ones (used, revoked, expired) are kept for 30 days.
         */
        get: operations["list_invitations"];
        put?: never;
        /**
         * Invite one server to become a secondary in a group
         * @description The answer holds the invitation file, and in it a key that lets whoever has the file join once: it is told this once and kept
         *     nowhere. Without `addresses` the file holds those this server listens on for links.
         */
        post: operations["make_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an invitation that nobody used yet
         * @description Whoever comes with its file is refused with `invitation_revoked`. Revoking again changes nothing; one that was used is a `conflict`.
         */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/primary/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Become a secondary with an invitation file
         * @description Dials the primary with the key in the file, proves this server's own key, is registered there and sets the primary here. Takes up to
         *     60 seconds. The same file again on the same server finishes what was interrupted, or changes nothing. Refused with
         *     `invitation_unreadable` (no invitation, or altered), `invitation_expired`, `invitation_used` (by another server),
         *     `invitation_revoked`, `unknown_to_primary` (the primary does not know it any more) and whatever a registration is refused with.
         */
        post: operations["join_primary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This server and everything below it
         * @description Asks connected secondaries through the relay, in parallel, each of which asks its own. A server that could not be asked is shown with
         *     the reason in `error`, never left out; `complete` is false then, and `last_known` says what was below it when it told last.
         */
        get: operations["tree"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{id}/relay/{rest}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Registration id or server id of a secondary of this server. */
                id: string;
                /** @description The path after `/api/v1/` on that secondary, with any number of slashes; the query goes with it. It may itself be `servers/{id}/relay/...`. */
                rest: string;
            };
            cookie?: never;
        };
        /**
         * Ask a lower server
         * @description The answer of the same method on `/api/v1/{rest}` of that secondary, done in the name of the person who asks and recorded on both
         *     servers. Server-sent events stream through. Passed down: Accept, Content-Type, If-Match, Idempotency-Key, Last-Event-ID, Priority; never
         *     Authorization or Cookie. Needs `relay` on the group of the secondary; the rights held on that group go along, as far as the
         *     secondary lets its primary (`primary_may`). `/sessions`, `/tokens` and `/account` of a lower server are refused: whoever is below
         *     is known above.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Registration id or server id of a secondary of this server. */
                    id: string;
                    /** @description The path after `/api/v1/` on that secondary, with any number of slashes; the query goes with it. It may itself be `servers/{id}/relay/...`. */
                    rest: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `too_deep`: the path goes through more servers than a hierarchy may be deep. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The secondary did not answer: `timed_out`, `protocol_error`. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_connected`: the link is down; `remedy` says why. `closed`: it went down while this was asked. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The answer of the lower server; `x-daikan-through` lists the registration ids it came through, nearest first. */
                default: {
                    headers: {
                        "x-daikan-through"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        /**
         * Ask a lower server
         * @description The answer of the same method on `/api/v1/{rest}` of that secondary, done in the name of the person who asks and recorded on both
         *     servers. Server-sent events stream through. Passed down: Accept, Content-Type, If-Match, Idempotency-Key, Last-Event-ID, Priority; never
         *     Authorization or Cookie. Needs `relay` on the group of the secondary; the rights held on that group go along, as far as the
         *     secondary lets its primary (`primary_may`). `/sessions`, `/tokens` and `/account` of a lower server are refused: whoever is below
         *     is known above.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Registration id or server id of a secondary of this server. */
                    id: string;
                    /** @description The path after `/api/v1/` on that secondary, with any number of slashes; the query goes with it. It may itself be `servers/{id}/relay/...`. */
                    rest: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `too_deep`: the path goes through more servers than a hierarchy may be deep. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The secondary did not answer: `timed_out`, `protocol_error`. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_connected`: the link is down; `remedy` says why. `closed`: it went down while this was asked. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The answer of the lower server; `x-daikan-through` lists the registration ids it came through, nearest first. */
                default: {
                    headers: {
                        "x-daikan-through"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        /**
         * Ask a lower server
         * @description The answer of the same method on `/api/v1/{rest}` of that secondary, done in the name of the person who asks and recorded on both
         *     servers. Server-sent events stream through. Passed down: Accept, Content-Type, If-Match, Idempotency-Key, Last-Event-ID, Priority; never
         *     Authorization or Cookie. Needs `relay` on the group of the secondary; the rights held on that group go along, as far as the
         *     secondary lets its primary (`primary_may`). `/sessions`, `/tokens` and `/account` of a lower server are refused: whoever is below
         *     is known above.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Registration id or server id of a secondary of this server. */
                    id: string;
                    /** @description The path after `/api/v1/` on that secondary, with any number of slashes; the query goes with it. It may itself be `servers/{id}/relay/...`. */
                    rest: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `too_deep`: the path goes through more servers than a hierarchy may be deep. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The secondary did not answer: `timed_out`, `protocol_error`. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_connected`: the link is down; `remedy` says why. `closed`: it went down while this was asked. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The answer of the lower server; `x-daikan-through` lists the registration ids it came through, nearest first. */
                default: {
                    headers: {
                        "x-daikan-through"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        /**
         * Ask a lower server
         * @description The answer of the same method on `/api/v1/{rest}` of that secondary, done in the name of the person who asks and recorded on both
         *     servers. Server-sent events stream through. Passed down: Accept, Content-Type, If-Match, Idempotency-Key, Last-Event-ID, Priority; never
         *     Authorization or Cookie. Needs `relay` on the group of the secondary; the rights held on that group go along, as far as the
         *     secondary lets its primary (`primary_may`). `/sessions`, `/tokens` and `/account` of a lower server are refused: whoever is below
         *     is known above.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Registration id or server id of a secondary of this server. */
                    id: string;
                    /** @description The path after `/api/v1/` on that secondary, with any number of slashes; the query goes with it. It may itself be `servers/{id}/relay/...`. */
                    rest: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `too_deep`: the path goes through more servers than a hierarchy may be deep. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The secondary did not answer: `timed_out`, `protocol_error`. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_connected`: the link is down; `remedy` says why. `closed`: it went down while this was asked. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The answer of the lower server; `x-daikan-through` lists the registration ids it came through, nearest first. */
                default: {
                    headers: {
                        "x-daikan-through"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Ask a lower server
         * @description The answer of the same method on `/api/v1/{rest}` of that secondary, done in the name of the person who asks and recorded on both
         *     servers. Server-sent events stream through. Passed down: Accept, Content-Type, If-Match, Idempotency-Key, Last-Event-ID, Priority; never
         *     Authorization or Cookie. Needs `relay` on the group of the secondary; the rights held on that group go along, as far as the
         *     secondary lets its primary (`primary_may`). `/sessions`, `/tokens` and `/account` of a lower server are refused: whoever is below
         *     is known above.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Registration id or server id of a secondary of this server. */
                    id: string;
                    /** @description The path after `/api/v1/` on that secondary, with any number of slashes; the query goes with it. It may itself be `servers/{id}/relay/...`. */
                    rest: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `too_deep`: the path goes through more servers than a hierarchy may be deep. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The secondary did not answer: `timed_out`, `protocol_error`. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_connected`: the link is down; `remedy` says why. `closed`: it went down while this was asked. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The answer of the lower server; `x-daikan-through` lists the registration ids it came through, nearest first. */
                default: {
                    headers: {
                        "x-daikan-through"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened on this server; live with Accept text/event-stream
         * @description Newest first, or oldest first with `after`. `next_cursor` is the `before` (or `after`) of the next page.
         *
         *     With `Accept: text/event-stream` the answer never ends: `id` is the sequence, `event` the kind, `data` the Event. It goes on behind
         *     `Last-Event-ID` or `after`, and begins with what happens from now on without either. A comment line comes every 15 seconds.
         *
         *     A stream also tells `policy_status_changed`: what `GET /policies/status` answers has changed; read it again. It comes once a second at
         *     the most, however much changes, and after the last change. It is in no log, so it has no `id`, and the `sequence` of its `data` is 0.
         *     The filters hold for it as for an event of this kind, of severity info.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rolled_up/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every server below this one, at any depth, from what they told
         * @description Answers also when some of them are away, and says how fresh it is. Depth first.
         */
        get: operations["rolled_up_servers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A report on this server and those below it
         * @description `servers`: each server with its state, version and freshness. `events`: how many of each severity each server had, with `details` every
         *     one. `devices`: how many devices of each status this server and each one below it has, and their sum. What is missing is named: servers
         *     that are not heard from, and since when; with `devices` also those that never told any numbers, which are null then and not 0.
         */
        get: operations["report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All events, or those that pass a filter, oldest first, as a file
         * @description Up to the newest event there is when the request begins, read page by page as the caller takes them. `jsonl` is one Event a line;
         *     `csv` is RFC 4180 with a head line: a text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
         *     carriage return) begins with an apostrophe there. At most 8 exports run at once, 2 of one account. One is broken off when its reader takes
         *     nothing for a minute, and when the session or the right to it ends.
         */
        get: operations["export_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All audit records, or those that pass a filter, oldest first, as a file
         * @description As `/events/export`. Only an export without a filter can be verified as a whole chain.
         */
        get: operations["export_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where events are told to */
        get: operations["list_notifications"];
        put?: never;
        /**
         * Tell events to one more destination, from now on
         * @description At least once: each destination remembers through which event it delivered, also across restarts; what fails is kept and tried again, and
         *     that it fails is an event, once. Mails and webhooks: ten at once, then one every 30 seconds, each of which lists at most 50 events and
         *     counts the rest (`more`). A webhook gets `POST` with `{"server": {"id", "name"}, "events": [Event], "more": N}` and, with a secret,
         *     `daikan-signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA-256 of `SECONDS.BODY`; redirects are not followed. At most 32.
         */
        post: operations["add_notification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** One destination */
        get: operations["show_notification"];
        put?: never;
        post?: never;
        /** Tell it nothing any more */
        delete: operations["remove_notification"];
        options?: never;
        head?: never;
        /**
         * Change a destination in place
         * @description What is absent stays as it is, the secret included; null takes away what there need not be. It goes on with the events it has not been told
         *     yet. A stored password of a mail server goes with another address, transport, user or fingerprint only when it is given again.
         */
        patch: operations["edit_notification"];
        trace?: never;
    };
    "/api/v1/notifications/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test now */
        post: operations["test_notification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this server does by itself
         * @description Its own tasks and those it inherits, as far as the caller may see them, by name. Tasks of the server need `read` on the server.
         */
        get: operations["list_tasks"];
        put?: never;
        /**
         * Make a task
         * @description Needs `manage_tasks` on the group; for a task of the server itself `manage_tasks` and `manage_server` on the server, for a backup
         *     `manage_users` as well. What each kind does:
         *
         *     - `backup`: a sealed backup into `folder`; it has its name only after it was restored into a temporary folder, and then the oldest beyond `keep` go.
         *     - `event_cleanup`: removes events that are older than so many days, by severity.
         *     - `link_check`: fails unless the links to all secondaries (of the group, or of the server) are connected, and says why not.
         *     - `report`: the secondaries and the states of their links into `folder`, by mail to a notification `destination`, or both.
         *
         *     `backup` and `report` are tasks of a server; `link_check` may be given to any group, `event_cleanup` to the root group.
         */
        post: operations["create_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** One task */
        get: operations["show_task"];
        put?: never;
        post?: never;
        /**
         * Remove a task and its runs
         * @description A run that is under way is cancelled. Files it has written stay.
         */
        delete: operations["remove_task"];
        options?: never;
        head?: never;
        /**
         * Change a task
         * @description What is absent stays as it is; kind and group always do. The schedule counts from now on. An inherited task is edited on its owner.
         */
        patch: operations["edit_task"];
        trace?: never;
    };
    "/api/v1/tasks/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a task now
         * @description Whatever its schedule says, also when it is disabled. Servers that inherit it follow, unless they learn of it more than a day later. An inherited task is started on its owner.
         */
        post: operations["start_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the run of a task */
        post: operations["cancel_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * The runs of a task, on this server and as they came up from the servers below, newest first
         * @description The newest 100 of the last 90 days are kept on each server; of what came up, those among the newest 1000 results of all tasks are shown.
         */
        get: operations["list_task_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the chain of audit records begins and ends
         * @description Each record's `hash` is the SHA-256 of its content and of the record before. `anchor` is what the oldest kept record follows, `head`
         *     the newest record: note its hash elsewhere, and a chain that was rewritten as a whole can be told from the old one.
         */
        get: operations["audit_chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what, newest first */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The applications that policies govern */
        get: operations["list_applications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/applications/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        /** One application with the schema of its settings */
        get: operations["show_application"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Policies of this server and those it inherits */
        get: operations["list_policies"];
        put?: never;
        /**
         * Make a policy
         * @description Needs `edit_policies` on the group; for the root group, whose policy governs this server itself, `manage_server` besides. It is inactive unless said otherwise; an active one deactivates the one that was active for its application and group.
         */
        post: operations["create_policy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make several policies what they are to be, all or none
         * @description Each names an own policy by application, group and name; it is made when it is not there. One transaction: when one is refused, nothing is changed, and `field` names it (`policies.2.settings`, from 0). `revision` is the one it had when somebody decided on this (0: it was not there); when it has another now, the set is refused. Two that are to be active for one application and group are refused.
         */
        post: operations["apply_policies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a change would change, and where
         * @description The change is a new policy, an edit of `policy_id`, or its removal (`remove`). Nothing is stored. Fails as the change itself would.
         */
        post: operations["preview_policy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** One policy */
        get: operations["show_policy"];
        put?: never;
        post?: never;
        /** Remove a policy and its revisions */
        delete: operations["remove_policy"];
        options?: never;
        head?: never;
        /**
         * Change, activate, deactivate or move a policy
         * @description What is absent stays as it is; `settings` are replaced as a whole. An inherited policy is edited on its owner.
         */
        patch: operations["edit_policy"];
        trace?: never;
    };
    "/api/v1/policies/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What every server below, at any depth, has confirmed of the policies that are to be in force there
         * @description Depth first. A server is `in_force` only when its own primary heard it confirm all of it; what nobody told is `unknown`. A stream of
         *     `GET /events` tells `policy_status_changed` when this answer has changed.
         */
        get: operations["policy_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/{id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** What a policy was after every save, newest first */
        get: operations["list_policy_revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/{id}/revisions/{revision}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
                revision: number;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a policy what it was
         * @description Name, settings, inherit and force; group and state stay.
         */
        post: operations["restore_policy_revision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups/{id}/effective_settings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /** What is in force in a group, and why */
        get: operations["show_group_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server/effective_settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is in force on this server, and why
         * @description The server is governed by what it inherits and by the policy of its own root group; what it was set to itself yields to locks only.
         */
        get: operations["show_server_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Set what this server itself says
         * @description Below every policy. null takes a setting back to what the configuration of the server says. A setting that a policy has locked is refused, naming the policy.
         */
        patch: operations["edit_server_settings"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description RFC 9457, with the stable code of this program. */
        Problem: {
            /** @description urn:daikan:problem:<code> */
            type: string;
            /** @description The name of the status. */
            title: string;
            status: number;
            /** @description What failed on what. */
            detail: string;
            code: components["schemas"]["Code"];
            /** @description What to do next; may be empty. */
            remedy: string;
            /** @description The field at fault, e.g. `proxy.url`. */
            field?: string;
            /** @description Only with 500; names the entry in the server's log. */
            request_id?: string;
        };
        /**
         * @description Public and stable; more may be added.
         * @example name_not_resolved
         * @example certificate_mismatch
         * @enum {string}
         */
        Code: "name_not_resolved" | "unreachable" | "refused" | "timed_out" | "proxy_unreachable" | "proxy_auth_required" | "proxy_denied" | "proxy_invalid_answer" | "not_tls" | "tls_failed" | "not_an_administration_server" | "certificate_mismatch" | "certificate_unreadable" | "certificate_expired" | "own_certificate" | "certificate_in_use" | "unknown_to_primary" | "unknown_to_secondary" | "already_has_primary" | "loop" | "too_deep" | "version_unsupported" | "identity_conflict" | "invitation_unreadable" | "invitation_expired" | "invitation_used" | "invitation_revoked" | "clock_skew" | "permission_denied" | "two_factor_required" | "wrong_credentials" | "unauthenticated" | "rate_limited" | "group_not_found" | "name_taken" | "address_required" | "port_out_of_range" | "group_not_empty" | "invalid_request" | "too_large" | "not_found" | "method_not_allowed" | "conflict" | "backup_unreadable" | "backup_truncated" | "backup_altered" | "not_connected" | "removed" | "replaced" | "closed" | "cancelled" | "protocol_error" | "unavailable" | "storage_failed" | "configuration_invalid" | "internal";
        Reason: {
            code: components["schemas"]["Code"];
            message: string;
            remedy: string;
        };
        /** Format: date-time */
        Time: string;
        /** @description SHA-256 of the certificate as `openssl x509 -fingerprint -sha256` prints it; accepted in either case, with or without colons. */
        Fingerprint: string;
        /** @description One certificate as PEM or as base64 of the DER; 64 KiB decoded. */
        CertificateText: string;
        RollOver: {
            /** @enum {string} */
            phase: "none" | "announcing" | "switched";
            /** @description Of the new certificate. */
            fingerprint: string | null;
            started_at: components["schemas"]["Time"] | null;
            started_by: string | null;
            peers: {
                /** @enum {string} */
                role: "secondary" | "primary";
                /** Format: uuid */
                id: string | null;
                name: string | null;
                /**
                 * @description by_file: it runs an older version and needs the certificate as a file.
                 * @enum {string}
                 */
                state: "waiting" | "confirmed" | "seen" | "by_file";
                link: components["schemas"]["LinkState"];
                confirmed_at: components["schemas"]["Time"] | null;
                seen_at: components["schemas"]["Time"] | null;
            }[];
        };
        SetCertificate: {
            /** @description PEM with the private key, its certificate and those of its issuers, or base64 of a PKCS#12 file; 64 KiB. */
            file: string;
            /** @description What opens an encrypted file. */
            passphrase?: string;
        };
        CertificateSet: {
            fingerprint: string;
            subject: string;
            /** @description Null: the certificate is signed by its own key. */
            issuer: string | null;
            not_after: components["schemas"]["Time"];
            /** @description How many certificates of issuers came with it. */
            chain: number;
            roll_over: components["schemas"]["RollOver"];
        };
        Invitation: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "open" | "used" | "revoked" | "expired";
            /** @description Path. */
            group: string;
            /** Format: uuid */
            group_id: string;
            /** @description What the secondary will be called; null when it may say so itself. */
            name: string | null;
            created_by: string;
            created_at: components["schemas"]["Time"];
            expires_at: components["schemas"]["Time"];
            revoked_at: components["schemas"]["Time"] | null;
            used_at: components["schemas"]["Time"] | null;
            /**
             * Format: uuid
             * @description The registration it led to.
             */
            secondary_id: string | null;
        };
        MadeInvitation: components["schemas"]["Invitation"] & {
            /** @description The invitation file. Whoever has it can join once: hand it over as you would a password. */
            file: string;
        };
        MakeInvitation: {
            /** @description Path; the root group unless given. */
            group?: string;
            name?: string;
            /** @default 604800 */
            expires_in_seconds?: number;
            addresses?: components["schemas"]["Address"][];
        };
        JoinPrimary: {
            /** @description The file's content. */
            invitation: string;
            proxy?: components["schemas"]["ProxyRequest"];
            /**
             * @description Another primary gives way.
             * @default false
             */
            replace?: boolean;
        };
        /**
         * @default secondary_dials
         * @enum {string}
         */
        Direction: "secondary_dials" | "primary_dials";
        /** @enum {string} */
        LinkState: "never_connected" | "connecting" | "connected" | "disconnected" | "refused";
        /** @description host, host:port or [IPv6]:port; a name or an IP address. */
        Address: string;
        ProxyRequest: {
            /** @description http://[user@]host[:3128] or socks5://[user@]host[:1080]; never with a password. */
            url: string;
            password?: string;
        };
        /** @description user and password, or an API token. */
        CredentialsRequest: {
            user?: string;
            password?: string;
            token?: string;
            /** @description Of the second factor of that account. */
            code?: string;
        };
        LogIn: {
            user: string;
            password: string;
            /** @description Of the second factor, or a recovery code; only for an account that has one. */
            code?: string;
            /** @description What logs in, e.g. `daikan 0.1.0`; shown in the list of sessions. */
            client?: string;
        };
        Account: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        Session: {
            /** Format: uuid */
            id: string;
            expires_at: components["schemas"]["Time"];
            csrf_token: string;
            account: components["schemas"]["Account"];
        };
        NewSession: components["schemas"]["Session"] & {
            token: string;
        };
        CreateToken: {
            name: string;
            expires_in_hours: number;
            /** @description Its scope; default: all that its owner may. Never more than the owner may at the moment of a request. */
            rights?: components["schemas"]["RightName"][] | null;
        };
        Credential: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "session" | "token";
            name: string;
            /** @description IP address it was made from. */
            source: string;
            created_at: components["schemas"]["Time"];
            expires_at: components["schemas"]["Time"];
            last_used_at: components["schemas"]["Time"];
            /** @description The scope of a token; null: all that its owner may. */
            rights: components["schemas"]["RightName"][] | null;
        };
        NewToken: components["schemas"]["Credential"] & {
            token: string;
        };
        /** @enum {string} */
        RightName: "read" | "read_audit" | "edit_groups" | "configure_hierarchy" | "relay" | "manage_users" | "manage_server" | "manage_tasks" | "edit_policies";
        /**
         * @description What may be done here by people who come through the primary. Where nobody ever said, it is the most that whoever sets the primary may give.
         * @enum {string}
         */
        PrimaryMay: "full" | "read" | "none";
        PrimaryRights: {
            primary_may: components["schemas"]["PrimaryMay"];
        };
        AccessRules: {
            /** @description Characters a new password has at least. It is never the user's name or one of the commonest. */
            password_least: number;
            /** @description Networks in CIDR notation or addresses, IPv4 and IPv6; empty: the console is reached from everywhere. */
            console_sources: string[];
        };
        CodeRequest: {
            code: string;
        };
        Right: {
            name: components["schemas"]["RightName"];
            title: string;
            /**
             * @description groups: can be given for a group and what is below it; server: for the whole server only.
             * @enum {string}
             */
            reaches: "groups" | "server";
            description: string;
        };
        RoleText: {
            name: string;
            description?: string;
            rights: components["schemas"]["RightName"][];
        };
        Role: {
            /**
             * Format: uuid
             * @description Of a built-in role the same on every server.
             */
            id: string;
            name: string;
            description: string;
            built_in: boolean;
            /** @description The server it is inherited from, and where alone it is edited and removed; null for one that is built in or was made here. */
            owner: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            rights: components["schemas"]["RightName"][];
            /** @description What it really gives here: its rights; of an inherited role no more than this server lets its primary do. */
            gives: components["schemas"]["RightName"][];
            /** @description Rights of an inherited role that this version does not know. They give nothing here. */
            unknown_rights: string[];
            /** @description How many have it */
            users: number;
            created_at: components["schemas"]["Time"] | null;
            revision: number;
        };
        AssignmentRequest: {
            /** @description Name or id of a role. An own role comes before an inherited one of its name, which is also called NAME@OWNER. */
            role: string;
            /** @description Path of a group: the role counts there and below. null or absent: on the server and every group. */
            group?: string | null;
        };
        AssignRoles: {
            assignments: components["schemas"]["AssignmentRequest"][];
        };
        CreateUser: {
            name: string;
            password: string;
            assignments?: components["schemas"]["AssignmentRequest"][];
        };
        ChangeUser: {
            /** @enum {string} */
            state: "enabled" | "disabled";
        };
        SetPassword: {
            password: string;
        };
        ChangePassword: {
            current_password: string;
            password: string;
        };
        Permissions: {
            /** @description On the server and on every group. */
            server: components["schemas"]["RightName"][];
            groups: {
                /** Format: uuid */
                group_id: string;
                rights: components["schemas"]["RightName"][];
            }[];
        };
        User: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            state: "enabled" | "disabled";
            /** @enum {string} */
            two_factor: "off" | "pending" | "on";
            /** @description How many are left. */
            recovery_codes: number;
            assignments: {
                role: string;
                /** Format: uuid */
                role_id: string;
                /** @description The server the role is inherited from; null for an own one. */
                role_owner: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                } | null;
                /** @description Path; null: the server. */
                group: string | null;
                /** Format: uuid */
                group_id: string | null;
            }[];
            may: components["schemas"]["Permissions"];
            created_at: components["schemas"]["Time"];
            revision: number;
        };
        UserSession: components["schemas"]["Credential"] & {
            account: components["schemas"]["Account"];
        };
        Identity: {
            /** Format: uuid */
            id: string;
            name: string;
            version: string;
            /** @constant */
            api_version: 1;
            fingerprint: components["schemas"]["Fingerprint"];
            /** @description PEM */
            certificate: string;
        };
        Server: components["schemas"]["Identity"] & {
            started_at: components["schemas"]["Time"];
            database: string;
            link_endpoints: string[];
            console_endpoints: string[];
            max_depth: number;
            certificate_not_after: components["schemas"]["Time"];
            /** @description Who issued it; null: it is signed by its own key, and renewed by itself. */
            certificate_issuer: string | null;
            /** @description How many certificates of issuers the console port presents with it. */
            certificate_chain: number;
            /** @description From the root of the hierarchy down to this server's primary, as last told by it. */
            ancestors: {
                /** Format: uuid */
                id: string;
                name: string;
            }[];
        };
        MakeBackup: {
            /** @description Between 12 and 1024 bytes. Whoever has it and the file is this server. */
            passphrase: string;
        };
        AddGroup: {
            path: string;
        };
        EditGroup: {
            name?: string;
            /** @description Path of the group it moves to. */
            parent?: string;
        };
        Group: {
            /** Format: uuid */
            id: string;
            name: string;
            path: string;
            /** Format: uuid */
            parent_id: string | null;
            /** @description How many are attached to it directly. */
            secondaries: number;
            revision: number;
        };
        /**
         * @description unknown: whoever tells does not know either.
         * @enum {string}
         */
        DeviceStatus: "ok" | "warning" | "critical" | "unknown";
        Device: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Path of its group. */
            group: string;
            /** Format: uuid */
            group_id: string;
            status: components["schemas"]["DeviceStatus"];
            /** @description Why it is so. */
            reason: string | null;
            told_at: components["schemas"]["Time"];
        };
        TellDevices: {
            devices: {
                /** @description Unique on the server, in either case of ASCII letters; without “/”. */
                name: string;
                /** @description Path. Absent: it stays where it is; a new one comes into the root group. */
                group?: string;
                status: components["schemas"]["DeviceStatus"];
                /** @description In bytes. Absent: none. */
                reason?: string;
            }[];
        };
        DeviceCounts: {
            ok: number;
            warning: number;
            critical: number;
            unknown: number;
            total: number;
            /** @description When any device of the server was told last, by its clock; null: none was told. */
            told_at: string | null;
        };
        AddSecondary: {
            /** @description Default: the address, or the certificate's subject. */
            name?: string;
            /** @description Path; default: the root group. */
            group?: string;
            direction?: components["schemas"]["Direction"];
            address?: components["schemas"]["Address"];
            proxy?: components["schemas"]["ProxyRequest"];
            certificate?: components["schemas"]["CertificateText"];
            fingerprint?: components["schemas"]["Fingerprint"];
            /** Format: uuid */
            server_id?: string;
        };
        EditSecondary: {
            name?: string;
            /** @description Path of the group it moves to. */
            group?: string;
            direction?: components["schemas"]["Direction"];
            address?: components["schemas"]["Address"] | null;
            proxy?: components["schemas"]["ProxyRequest"] | null;
            certificate?: components["schemas"]["CertificateText"];
            /** @default false */
            untested?: boolean;
        };
        Secondary: {
            /**
             * Format: uuid
             * @description Registration id.
             */
            id: string;
            name: string;
            /** @description Path. */
            group: string;
            /** Format: uuid */
            group_id: string;
            address: string | null;
            direction: components["schemas"]["Direction"];
            /** @description URL without the password. */
            proxy: string | null;
            state: components["schemas"]["LinkState"];
            since: components["schemas"]["Time"] | null;
            reason: components["schemas"]["Reason"] | null;
            version: string | null;
            last_connected_at: components["schemas"]["Time"] | null;
            fingerprint: components["schemas"]["Fingerprint"];
            /** Format: uuid */
            server_id: string | null;
            round_trip_ms: number | null;
            /** @description The peer's clock minus ours. */
            clock_skew_ms: number | null;
            peer_address: string | null;
            next_attempt_at: components["schemas"]["Time"] | null;
            created_at: components["schemas"]["Time"];
            revision: number;
            /** @description What a person can do about a link that is not connected; null when there is nothing to do. */
            next_step: string | null;
        };
        UnrecognisedServer: {
            /** @description Since when it is ignored. */
            ignored_at: components["schemas"]["Time"] | null;
            fingerprint: components["schemas"]["Fingerprint"];
            source: string;
            first_seen: components["schemas"]["Time"];
            last_seen: components["schemas"]["Time"];
            attempts: number;
        };
        SetPrimary: {
            direction?: components["schemas"]["Direction"];
            address?: components["schemas"]["Address"];
            proxy?: components["schemas"]["ProxyRequest"];
            certificate: components["schemas"]["CertificateText"];
            /** Format: uuid */
            server_id?: string;
            /** @default false */
            replace?: boolean;
            primary_may?: components["schemas"]["PrimaryMay"];
        };
        MoveToPrimary: {
            direction?: components["schemas"]["Direction"];
            address?: components["schemas"]["Address"];
            proxy?: components["schemas"]["ProxyRequest"];
            certificate: components["schemas"]["CertificateText"];
            /** Format: uuid */
            server_id?: string;
            primary_may?: components["schemas"]["PrimaryMay"];
            /** @default 60 */
            wait_seconds?: number;
        };
        PrimaryMove: {
            /** @enum {string} */
            state: "running" | "done" | "undone";
            by: string;
            from: {
                name: string | null;
                address: string | null;
                fingerprint: components["schemas"]["Fingerprint"];
            };
            to_fingerprint: components["schemas"]["Fingerprint"];
            began_at: components["schemas"]["Time"];
            wait_seconds: number;
            ended_at: string | null;
            /** @description Why it was undone. */
            message: string | null;
        };
        EditPrimary: {
            direction?: components["schemas"]["Direction"];
            address?: components["schemas"]["Address"] | null;
            proxy?: components["schemas"]["ProxyRequest"] | null;
            certificate?: components["schemas"]["CertificateText"];
            /** @default false */
            untested?: boolean;
        };
        Primary: {
            /** @constant */
            configured: false;
        } | {
            /** @constant */
            configured: true;
            primary_may: components["schemas"]["PrimaryMay"];
            direction: components["schemas"]["Direction"];
            address: string | null;
            proxy: string | null;
            fingerprint: components["schemas"]["Fingerprint"];
            /** Format: uuid */
            server_id: string | null;
            name: string | null;
            version: string | null;
            state: components["schemas"]["LinkState"];
            since: components["schemas"]["Time"] | null;
            reason: components["schemas"]["Reason"] | null;
            last_connected_at: components["schemas"]["Time"] | null;
            round_trip_ms: number | null;
            clock_skew_ms: number | null;
            peer_address: string | null;
            next_attempt_at: components["schemas"]["Time"] | null;
            created_at: components["schemas"]["Time"];
            revision: number;
            /** @description What a person can do about a link that is not connected; null when there is nothing to do. */
            next_step: string | null;
        };
        ProbeRequest: {
            address: components["schemas"]["Address"];
            proxy?: components["schemas"]["ProxyRequest"];
            expected_fingerprint?: components["schemas"]["Fingerprint"];
            /** @description Whom to expect: secondary_dials a primary, primary_dials a secondary in the DMZ. */
            direction?: components["schemas"]["Direction"];
        };
        ProbeAnswer: {
            ok: boolean;
            fingerprint: components["schemas"]["Fingerprint"] | null;
            /** @description PEM */
            certificate: string | null;
            steps: {
                /** @enum {string} */
                step: "name" | "tcp" | "proxy" | "tls" | "alpn" | "certificate";
                detail: string;
                took_ms: number;
                error: components["schemas"]["Reason"] | null;
            }[];
            error: components["schemas"]["Reason"] | null;
        };
        ConsoleProbeRequest: {
            /** @description Of the other server's console; the port is 13291 unless given. */
            address: components["schemas"]["Address"];
        };
        ConsoleProbe: {
            /** Format: uuid */
            id: string;
            name: string;
            version: string;
            fingerprint: components["schemas"]["Fingerprint"];
        };
        LinkCheckRequest: {
            /**
             * Format: uuid
             * @description Registration id or server id; without it the link to this server's own primary.
             */
            secondary_id?: string;
        };
        LinkCheck: {
            at: components["schemas"]["Time"];
            /** @description No step failed. */
            ok: boolean;
            /** @description The other server's name. */
            peer: string | null;
            /** @description All ten, in the order in which a link comes up. */
            steps: components["schemas"]["LinkCheckStep"][];
            /** @description Of the first step that failed. */
            error: components["schemas"]["Reason"] | null;
            this_end: components["schemas"]["LinkEnd"];
            other_end: components["schemas"]["LinkEnd"] | null;
            /** @description Why the other end was not asked. */
            other_end_missing: components["schemas"]["Reason"] | null;
        };
        LinkCheckStep: {
            /** @enum {string} */
            step: "name" | "tcp" | "proxy" | "tls" | "alpn" | "pin" | "hello" | "clock" | "version" | "loop";
            /** @enum {string} */
            outcome: "passed" | "failed" | "skipped";
            /** @enum {string} */
            seen_by: "this_end" | "other_end";
            /** @description What was seen; of a skipped step: why. */
            detail: string;
            took_ms: number | null;
            error: components["schemas"]["Reason"] | null;
        };
        /** @description What one end knows of the link. */
        LinkEnd: {
            server: string;
            version: string;
            /**
             * @description What this server is on this link.
             * @enum {string}
             */
            role: "primary" | "secondary";
            dials: boolean;
            fingerprint: components["schemas"]["Fingerprint"];
            expects: components["schemas"]["Fingerprint"];
            address: string | null;
            /** @description Without a user. */
            proxy: string | null;
            state: components["schemas"]["LinkState"];
            since: components["schemas"]["Time"] | null;
            reason: components["schemas"]["Reason"] | null;
            peer_address: string | null;
            last_connected_at: components["schemas"]["Time"] | null;
            next_attempt_at: components["schemas"]["Time"] | null;
            round_trip_ms: number | null;
            /** @description The other server's clock minus this one's. */
            clock_skew_ms: number | null;
            /** @description Addresses of its link port. */
            listens_on: string[];
            /** @description Connections to its link port that were turned away lately, newest first. */
            refused: {
                at: components["schemas"]["Time"];
                source: string;
                code: components["schemas"]["Code"];
                message: string;
            }[];
            /** @description Servers that dialled without being registered since the link was last up, when it is not; newest first. */
            unrecognised: components["schemas"]["UnrecognisedServer"][];
        };
        JoinRequest: {
            way?: components["schemas"]["Direction"];
            group?: string;
            /** @description Default: the name the secondary tells. */
            name?: string;
            secondary_console: components["schemas"]["Address"];
            fingerprint: components["schemas"]["Fingerprint"];
            credentials: components["schemas"]["CredentialsRequest"];
            /** @description Mandatory when the secondary dials. */
            primary_address?: components["schemas"]["Address"];
            primary_proxy?: components["schemas"]["ProxyRequest"];
            /** @description Mandatory when the primary dials. */
            dmz_address?: components["schemas"]["Address"];
            dmz_proxy?: components["schemas"]["ProxyRequest"];
        };
        ResumeRequest: {
            credentials: components["schemas"]["CredentialsRequest"];
        };
        Operation: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "join";
            /** @enum {string} */
            state: "running" | "done" | "failed" | "undone" | "interrupted";
            actor: string;
            created_at: components["schemas"]["Time"];
            updated_at: components["schemas"]["Time"];
            error: components["schemas"]["Reason"] | null;
            result: {
                /** Format: uuid */
                registration_id: string;
            } | null;
            steps: {
                /** @enum {string} */
                step: "identity" | "probe" | "register_secondary" | "set_primary" | "link";
                /** @enum {string} */
                state: "pending" | "running" | "done" | "failed" | "undone";
                detail: string;
                error: components["schemas"]["Reason"] | null;
            }[];
        };
        TreeNode: {
            /** Format: uuid */
            id: string;
            name: string;
            version: string;
            fingerprint: components["schemas"]["Fingerprint"];
            /** @description Whether everything below it was asked and answered. */
            complete: boolean;
            /** @description Of this server itself. null for those who may not read all of it; missing where it does not know devices (an older version). */
            devices?: components["schemas"]["DeviceCounts"] | null;
            secondaries: {
                /** Format: uuid */
                registration_id: string;
                name: string;
                group: string;
                direction: components["schemas"]["Direction"];
                state: components["schemas"]["LinkState"];
                reason: components["schemas"]["Reason"] | null;
                last_connected_at: components["schemas"]["Time"] | null;
                server: components["schemas"]["TreeNode"] | null;
                error: components["schemas"]["Reason"] | null;
                /**
                 * @description Where `server` is null: what is below it, as it was told last, depth first; `heard_at` says how fresh that is. Missing when
                 *     nothing is known, and for those who may not read the whole server.
                 */
                last_known?: components["schemas"]["RolledUpServer"][];
            }[];
        };
        Event: {
            /** @description 0: told by a stream, and not in the log. */
            sequence: number;
            at: components["schemas"]["Time"];
            /** @enum {string} */
            severity: "info" | "warning" | "error" | "critical";
            /**
             * @example link_connected
             * @example secondary_added
             */
            kind: string;
            message: string;
            /** Format: uuid */
            secondary_id: string | null;
            /** @description With `scope=subtree`: the server it happened on. */
            origin?: {
                /** Format: uuid */
                id: string;
                /** @description The server's own count of what it told; with the id, it names the event for good. */
                sequence: number;
                /**
                 * @description Null when the server is not in the hierarchy any more.
                 * @example hq > branch > shop
                 */
                path: string | null;
            };
        };
        RolledUpServer: {
            /**
             * Format: uuid
             * @description Null before its first hello.
             */
            id: string | null;
            /** Format: uuid */
            registration_id: string;
            /** Format: uuid */
            primary_id: string;
            name: string;
            /** @description Names from this server (not among them) down to it. */
            path: string[];
            depth: number;
            /**
             * @description Of its link, as its primary told last.
             * @enum {string}
             */
            state: "never_connected" | "connecting" | "connected" | "disconnected" | "refused";
            since: components["schemas"]["Time"];
            reason: string | null;
            version: string | null;
            groups: number | null;
            secondaries: number | null;
            /** @description As it told last; null: it never told any numbers, which is not 0. */
            devices: components["schemas"]["DeviceCounts"] | null;
            /** @description Every link down to it stands. */
            current: boolean;
            /** @description Until when what is shown was known to be so; null: it never was connected. */
            heard_at: string | null;
            /** @description When it last confirmed what is in force. */
            applied_at: string | null;
        };
        /**
         * @example {
         *       "items": [],
         *       "counts": {
         *         "in_force": 0,
         *         "behind": 0,
         *         "failed": 0,
         *         "unknown": 0
         *       }
         *     }
         */
        PolicyStatus: {
            items: components["schemas"]["InForce"][];
            counts: {
                in_force: number;
                behind: number;
                failed: number;
                unknown: number;
            };
        };
        InForce: {
            /**
             * Format: uuid
             * @description Null before its first hello.
             */
            server_id: string | null;
            /**
             * Format: uuid
             * @description By which its primary knows it.
             */
            registration_id: string;
            name: string;
            /** @description Names from this server (not among them) down to it. */
            path: string[];
            /** @enum {string} */
            state: "in_force" | "behind" | "failed" | "unknown";
            /** @description Since when something else is to be in force. */
            behind_since: string | null;
            /** @description Why it failed, or why nothing is known. */
            reason: string | null;
            /** @description When it last confirmed something, by the clock of its primary. */
            applied_at: string | null;
            /** @description Of the set it confirmed (SHA-256, hexadecimal); null: nothing yet. */
            hash: string | null;
            /** @description Every link down to it stands. */
            current: boolean;
            /** @description Until when what is shown was known to be so. */
            heard_at: string | null;
            /** @description Those of this server, or that it inherits itself, which are to be in force there. */
            policies: {
                /** Format: uuid */
                id: string;
                name: string;
                /** @description That is to be in force. */
                revision: number;
                /** @description That it confirmed; null: none. */
                in_force_revision: number | null;
                /** @enum {string} */
                state: "in_force" | "behind" | "failed" | "unknown";
            }[];
        };
        AuditRecord: {
            sequence: number;
            at: components["schemas"]["Time"];
            actor: string;
            source: string;
            /** @description Servers a relayed request came through, joined by ` > `; empty when direct. */
            through: string;
            action: string;
            object: string;
            /** @description `done` or a code. */
            outcome: string;
            /** @description The hash of the record before; 64 zeros for the first. */
            previous_hash: string;
            /** @description SHA-256, in hexadecimal, of `daikan-audit-1:` and then, each as length, colon, bytes, comma: previous_hash, sequence, at, actor, source, through, action, object, outcome. */
            hash: string;
        };
        AddNotification: {
            name: string;
            /** @enum {string} */
            kind: "email" | "webhook" | "syslog";
            /** @description email, syslog: host, with port where it is not the usual one; webhook: its URL (https or http). */
            address: string;
            /**
             * @description email: starttls (default), tls, plain (never with a user); syslog: tls (default), plain (TCP), udp; not for a webhook.
             * @enum {string}
             */
            transport?: "plain" | "starttls" | "tls" | "udp";
            /** @description SHA-256 of the certificate that is accepted, and no other; without it the machine's certificate authorities and the name decide. */
            fingerprint?: string;
            /** @description email: the login. */
            user?: string;
            /** @description email: the password; webhook: the key of the signature. Kept sealed, never shown. */
            secret?: string;
            sender?: string;
            /** @description email: 1 to 20 addresses, separated by spaces. */
            recipients?: string;
            /**
             * @default warning
             * @enum {string}
             */
            severity?: "info" | "warning" | "error" | "critical";
            /** @description Only events of these kinds, separated by spaces; all without it. */
            kinds?: string;
        };
        /** @description As AddNotification; the kind stays. */
        EditNotification: {
            name?: string;
            address?: string;
            /** @enum {string} */
            transport?: "plain" | "starttls" | "tls" | "udp";
            fingerprint?: string | null;
            user?: string | null;
            secret?: string | null;
            sender?: string | null;
            recipients?: string | null;
            /** @enum {string} */
            severity?: "info" | "warning" | "error" | "critical";
            kinds?: string | null;
        };
        NotificationDestination: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "email" | "webhook" | "syslog";
            address: string;
            /** @enum {string} */
            transport: "plain" | "starttls" | "tls" | "udp";
            fingerprint: string | null;
            user: string | null;
            has_secret: boolean;
            sender: string | null;
            recipients: string;
            /** @enum {string} */
            severity: "info" | "warning" | "error" | "critical";
            kinds: string;
            revision: number;
            created_at: components["schemas"]["Time"];
            /** @description Sequence of the last event that was delivered or did not concern it. */
            delivered_through: number;
            last_delivered_at: string | null;
            /** @description Since when deliveries fail; null while they work. */
            failing_since: string | null;
            last_error: string | null;
        };
        TaskSettings: {
            /** @description backup (default: backups), report: from the root, or below the server's data folder; no part begins with a dot. */
            folder?: string;
            /** @description backup, report: so many files of this task are kept; 7 unless given. */
            keep?: number;
            /** @description backup: 12 to 1024 bytes that the files are sealed under. Kept sealed, never shown. */
            passphrase?: string;
            /**
             * @description report: text unless given.
             * @enum {string}
             */
            format?: "text" | "csv";
            /** @description report: the name of a notification destination of the kind email; its recipients get the report. */
            destination?: string;
            /** @description event_cleanup: days that such events are kept; 0 in an edit: leave them alone again. */
            info_days?: number;
            warning_days?: number;
            error_days?: number;
            critical_days?: number;
        };
        CreateTask: {
            name: string;
            /** @enum {string} */
            kind: "backup" | "event_cleanup" | "link_check" | "report";
            /** @description Path of the group it is given to; absent: a task of this server. */
            group?: string | null;
            /**
             * @description `manual` (the default); `once TIME` (RFC 3339); `cron MINUTE HOUR DAY MONTH WEEKDAY` in UTC, with `*`, lists, ranges, steps and the English
             *     names `jan` and `mon`; a day and a weekday together mean either; `on KIND …`: after an event of such a kind, at most once in 10 seconds.
             */
            schedule?: string;
            /**
             * @description Each start by schedule is later by a random time below this, another one on every server.
             * @default 0
             */
            random_delay_minutes?: number;
            /**
             * @description A start that was missed while the server did not run is made up for, once.
             * @default false
             */
            run_missed?: boolean;
            /** @default true */
            enabled?: boolean;
            /**
             * @description Distribute to secondary Administration Servers: those in the group and below it inherit the task and run it too. Of a group task only.
             * @default false
             */
            distribute?: boolean;
            settings?: components["schemas"]["TaskSettings"];
        };
        EditTask: {
            name?: string;
            /**
             * @description `manual` (the default); `once TIME` (RFC 3339); `cron MINUTE HOUR DAY MONTH WEEKDAY` in UTC, with `*`, lists, ranges, steps and the English
             *     names `jan` and `mon`; a day and a weekday together mean either; `on KIND …`: after an event of such a kind, at most once in 10 seconds.
             */
            schedule?: string;
            /**
             * @description Each start by schedule is later by a random time below this, another one on every server.
             * @default 0
             */
            random_delay_minutes?: number;
            /**
             * @description A start that was missed while the server did not run is made up for, once.
             * @default false
             */
            run_missed?: boolean;
            /** @default true */
            enabled?: boolean;
            /**
             * @description Distribute to secondary Administration Servers: those in the group and below it inherit the task and run it too. Of a group task only.
             * @default false
             */
            distribute?: boolean;
            settings?: components["schemas"]["TaskSettings"];
        };
        Task: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "backup" | "event_cleanup" | "link_check" | "report";
            /** @description Path; null: a task of the server, or an inherited one. */
            group: string | null;
            /** @description The server it is inherited from, and where alone it is edited and started; null for an own task. */
            owner: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            schedule: string;
            random_delay_minutes: number;
            run_missed: boolean;
            enabled: boolean;
            distribute: boolean;
            /** @description The fields of its kind, without the passphrase; null: not set. */
            settings: Record<string, never>;
            /** @description When this server starts it next, with its random delay. Null also for an inherited task while this server does not let its primary manage tasks (primary_may). */
            next_start: string | null;
            last_run: components["schemas"]["TaskRun"] | null;
            created_at: components["schemas"]["Time"];
            revision: number;
        };
        TaskRun: {
            /** Format: uuid */
            id: string;
            /** @description Name of the server below that it ran on, by its own clock; null: this server. */
            server: string | null;
            /** Format: uuid */
            task_id: string;
            task_name: string;
            /** @enum {string} */
            kind: "backup" | "event_cleanup" | "link_check" | "report";
            /**
             * @description interrupted: the server ended meanwhile; skipped: the start was missed, or the last run had not ended.
             * @enum {string}
             */
            state: "running" | "done" | "failed" | "cancelled" | "interrupted" | "skipped";
            /**
             * @description owner: somebody started it on the server it is inherited from.
             * @enum {string}
             */
            cause: "schedule" | "event" | "person" | "owner";
            /** @description Who started it, or the kind of the event. */
            by: string | null;
            started_at: components["schemas"]["Time"];
            ended_at: string | null;
            /** @description What it did, or why it failed. */
            message: string;
        };
        /** @description Of the kind that the application's schema says. */
        SettingValue: boolean | number | string | string[];
        /** @description By dotted path, such as log.level. */
        PolicySettings: {
            [key: string]: {
                value: components["schemas"]["SettingValue"];
                /** @description Nothing below may differ. */
                locked?: boolean;
            };
        };
        CreatePolicy: {
            /** @default daikan-server */
            application?: string;
            /** @description Path; the root group unless given. */
            group?: string;
            name: string;
            /** @default false */
            active?: boolean;
            /**
             * @description Takes what policies above say.
             * @default true
             */
            inherit?: boolean;
            /**
             * @description Policies below inherit whatever they say.
             * @default false
             */
            force?: boolean;
            settings?: components["schemas"]["PolicySettings"];
        };
        EditPolicy: {
            /** @description Path of the group it moves to. */
            group?: string;
            name?: string;
            active?: boolean;
            inherit?: boolean;
            force?: boolean;
            settings?: components["schemas"]["PolicySettings"];
        };
        ApplyPolicies: {
            policies: {
                /** @default daikan-server */
                application?: string;
                /** @description Path; the root group unless given. */
                group?: string;
                name: string;
                /** @description What is absent stays as it is; of a new one, as in CreatePolicy. */
                active?: boolean;
                inherit?: boolean;
                force?: boolean;
                settings?: components["schemas"]["PolicySettings"];
                /** @description As it was seen; 0: it was not there. Absent: whatever it is. */
                revision?: number;
            }[];
        };
        AppliedPolicies: {
            items: {
                /** @enum {string} */
                change: "none" | "made" | "edited";
                policy: components["schemas"]["Policy"];
            }[];
        };
        PreviewPolicy: {
            /** Format: uuid */
            policy_id?: string;
            remove?: boolean;
            application?: string;
            group?: string;
            name?: string;
            active?: boolean;
            inherit?: boolean;
            force?: boolean;
            settings?: components["schemas"]["PolicySettings"];
        };
        EditServerSettings: {
            /** @description By dotted path: a value, or null. */
            settings: {
                [key: string]: unknown;
            };
        };
        PolicySource: {
            /** Format: uuid */
            policy_id: string;
            policy: string;
            /** @description Path on that server. */
            group: string;
            /** Format: uuid */
            server_id: string;
            server: string;
        };
        Policy: {
            /** Format: uuid */
            id: string;
            application: string;
            /** @description null for an inherited one. */
            group_id: string | null;
            /** @description Path on its owner. */
            group: string;
            name: string;
            active: boolean;
            inherit: boolean;
            force: boolean;
            settings: components["schemas"]["PolicySettings"];
            /** @description Its owner, where alone it is changed; null for an own policy. */
            inherited_from: components["schemas"]["PolicySource"] | null;
            changed_at: string | null;
            changed_by: string | null;
            /** @description Which policy this change deactivated. */
            deactivated: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            revision: number;
        };
        PolicyRevision: {
            revision: number;
            at: components["schemas"]["Time"];
            author: string;
            name: string;
            /** @description Its path then. */
            group: string;
            active: boolean;
            inherit: boolean;
            force: boolean;
            settings: components["schemas"]["PolicySettings"];
        };
        SettingOrigin: {
            /**
             * @description local: what the server was set to itself.
             * @enum {string}
             */
            kind: "default" | "local" | "policy";
            source: components["schemas"]["PolicySource"] | null;
        };
        EffectiveSetting: {
            path: string;
            value: components["schemas"]["SettingValue"];
            /** @description By `from`. */
            locked: boolean;
            from: components["schemas"]["SettingOrigin"];
            /** @description Where else items of a merged list are from. */
            merged: components["schemas"]["SettingOrigin"][];
            overrode: {
                value: components["schemas"]["SettingValue"];
                from: components["schemas"]["SettingOrigin"];
                /**
                 * @description below: a nearer policy says otherwise; locked: it stands below a lock; not_inherited: a policy below does not inherit.
                 * @enum {string}
                 */
                why: "below" | "locked" | "not_inherited";
            }[];
        };
        EffectiveSettings: {
            application: string;
            /** @description Path of the group that governs. */
            group: string;
            items: components["schemas"]["EffectiveSetting"][];
            /** @description What policies say and this version cannot obey. */
            unusable: {
                path: string;
                source: components["schemas"]["PolicySource"];
                reason: string;
            }[];
        };
        PolicyPreview: {
            /** @description Places beyond the first 2000. */
            left_out: number;
            items: {
                /** @enum {string} */
                kind: "server" | "group";
                group_id: string | null;
                name: string;
                changes: {
                    path: string;
                    before: components["schemas"]["EffectiveSetting"];
                    after: components["schemas"]["EffectiveSetting"];
                }[];
                /** @description In the group; it reaches them and everything below. */
                secondaries: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                }[];
            }[];
        };
        Application: {
            name: string;
            title: string;
            description: string;
            version: number;
        };
        ApplicationSchema: {
            name: string;
            title: string;
            description: string;
            version: number;
            /** @description JSON Schema 2020-12 with the keywords unit, mergeable and needsRestart besides. */
            schema: Record<string, never>;
        };
        AuditLink: {
            sequence: number;
            hash: string;
        };
    };
    responses: {
        /** @description The records. */
        Export: {
            headers: {
                /** @description A file name. */
                "Content-Disposition"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/x-ndjson": string;
                "text/csv": string;
            };
        };
        /** @description `invalid_request`: not JSON, not UTF-8, nested too deep, a key twice, or a path or query that cannot be decoded. */
        Malformed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: no secret, or one that is unknown, expired or revoked. */
        Unauthenticated: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:daikan:problem:unauthenticated",
                 *       "title": "Unauthorized",
                 *       "status": 401,
                 *       "detail": "The request has no session or API token.",
                 *       "code": "unauthenticated",
                 *       "remedy": "Log in, or send an API token as Authorization: Bearer."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `permission_denied`: the X-CSRF-Token is missing or wrong, or the person may not do this. `two_factor_required`. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found`. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `name_taken`, `certificate_in_use`, `already_has_primary`, `loop`, `too_deep`, `group_not_empty`, `identity_conflict` or `conflict`. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: somebody changed it since; read it again. */
        Changed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `timed_out`: the body did not arrive within 30 seconds. */
        BodyTimedOut: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too_large`: the body has more than 1 MiB, or, where no account is needed, more than 16 KiB. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_request`: the Content-Type of the body is not application/json. */
        NotJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A field or parameter breaks a rule: `invalid_request`, `address_required`, `port_out_of_range`, `group_not_found`, `certificate_unreadable`, `certificate_expired`, `certificate_mismatch`, `own_certificate`. */
        Invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:daikan:problem:port_out_of_range",
                 *       "title": "Unprocessable Content",
                 *       "status": 422,
                 *       "detail": "Port 70000 is out of range.",
                 *       "code": "port_out_of_range",
                 *       "remedy": "Give a port from 1 to 65535.",
                 *       "field": "address"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The other server cannot be reached, or is another one than expected; the code says at which step. */
        Unreachable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The new way was tried and failed, with the code of the failing step: `name_not_resolved`, `unreachable`, `refused`, `timed_out`, `proxy_unreachable`, `proxy_auth_required`, `proxy_denied`, `proxy_invalid_answer`, `not_tls`, `tls_failed`, `not_an_administration_server`. Nothing was changed. */
        Unreached: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `rate_limited`: wait as long as Retry-After says. */
        RateLimited: {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable` or `storage_failed`: nothing was changed; try again. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        Id: string;
        /** @description Registration id or server id. */
        SecondaryId: string;
        Limit: number;
        /** @description The `next_cursor` of the page before. */
        Cursor: string;
        /** @description At least this one. */
        LeastSeverity: "info" | "warning" | "error" | "critical";
        /** @description Exactly this kind. */
        EventKind: string;
        /** @description Registration id; also of a secondary that was removed. */
        EventSecondary: string;
        /** @description At or after this time (RFC 3339, or a date). */
        From: string;
        /** @description Before this time. */
        Until: string;
        /** @description Somewhere in the message, whatever the case of its letters. */
        Text: string;
        /** @description Exactly this name. */
        AuditActor: string;
        /** @description Exactly this action, or with a dot at its end every action that begins so. */
        AuditAction: string;
        /** @description Somewhere in the object, whatever the case of its letters. */
        AuditObject: string;
        ExportFormat: "jsonl" | "csv";
        /** @description The ETag one has seen; 412 when it is not the present one. */
        IfMatch: string;
        /**
         * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
         *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example ok */
                    "text/plain": string;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP daikan_links_connected Links that are up
                     *     # TYPE daikan_links_connected gauge
                     *     daikan_links_connected 3
                     */
                    "text/plain": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
        };
    };
    specification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions, the one used last first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["UserSession"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": "olga",
                 *       "password": "correct horse battery staple",
                 *       "client": "daikan 0.1.0"
                 *     }
                 */
                "application/json": components["schemas"]["LogIn"];
            };
        };
        responses: {
            /** @description Logged in. */
            201: {
                headers: {
                    /** @description The session for browsers. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01930c4e-5a00-7000-8000-000000000001",
                     *       "token": "dks_5f1c0e",
                     *       "expires_at": "2026-11-24T09:33:00.000000Z",
                     *       "csrf_token": "8d1f0a",
                     *       "account": {
                     *         "id": "01930c4e-5a00-7000-8000-000000000002",
                     *         "name": "olga"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NewSession"];
                };
            };
            400: components["responses"]["Malformed"];
            /** @description `wrong_credentials`: the name, the password or the code is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `two_factor_required`: the password is right, and `code` is needed too. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    current_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `not_found`: the request was made with an API token, not in a session. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended; the cookie is taken back. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The credentials, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Credential"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "nightly report",
                 *       "expires_in_hours": 720
                 *     }
                 */
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description The token; its secret is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is worth nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account; `may` is what this request is allowed. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple",
                 *       "password": "a longer and better one"
                 *     }
                 */
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description It is changed; every other session of the account has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    enrol_two_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Base32 */
                        secret: string;
                        /** @description otpauth */
                        uri: string;
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirm_two_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "287082"
                 *     }
                 */
                "application/json": components["schemas"]["CodeRequest"];
            };
        };
        responses: {
            /** @description It is on. The recovery codes are good once each and never shown again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recovery_codes: string[];
                    };
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    disable_two_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "287082"
                 *     }
                 */
                "application/json": components["schemas"]["CodeRequest"];
            };
        };
        responses: {
            /** @description The account logs in with its password alone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The users. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["User"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ivan",
                 *       "password": "correct horse battery staple",
                 *       "assignments": [
                 *         {
                 *           "role": "operator",
                 *           "group": "Managed devices/Branches"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            /** @description The user. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_user: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            503: components["responses"]["Unavailable"];
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "disabled"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeUser"];
            };
        };
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    assign_roles: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "assignments": [
                 *         {
                 *           "role": "viewer",
                 *           "group": null
                 *         },
                 *         {
                 *           "role": "operator",
                 *           "group": "Managed devices/Branches"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["AssignRoles"];
            };
        };
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    set_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["SetPassword"];
            };
        };
        responses: {
            /** @description It is set; the sessions and API tokens of the user have ended. For oneself there is PUT /account/password. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    clear_two_factor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account logs in with its password alone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_access_rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRules"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    set_access_rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password_least": 12,
                 *       "console_sources": [
                 *         "10.0.0.0/8",
                 *         "2001:db8::/32"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["AccessRules"];
            };
        };
        responses: {
            /** @description The rules. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRules"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_rights: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rights. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Right"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_roles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The roles. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Role"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_role: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "branch keeper",
                 *       "description": "Keeps the branches",
                 *       "rights": [
                 *         "read",
                 *         "configure_hierarchy"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RoleText"];
            };
        };
        responses: {
            /** @description The role. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_role: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "branch keeper",
                 *       "description": "Keeps the branches",
                 *       "rights": [
                 *         "read",
                 *         "configure_hierarchy",
                 *         "relay"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RoleText"];
            };
        };
        responses: {
            /** @description The role. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    identity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The identity. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01930c4e-5a00-7000-8000-00000000000a",
                     *       "name": "hq",
                     *       "version": "0.1.0",
                     *       "api_version": 1,
                     *       "fingerprint": "AB:CD:EF",
                     *       "certificate": "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n"
                     *     }
                     */
                    "application/json": components["schemas"]["Identity"];
                };
            };
        };
    };
    server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Server"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
        };
    };
    export_certificate: {
        parameters: {
            query?: {
                format?: "der" | "pem";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file, as an attachment `server.cer` (DER) or `server.pem`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pkix-cert": string;
                    "application/x-pem-file": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
        };
    };
    set_certificate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "MIIKDAIBAzCC…",
                 *       "passphrase": "what the file was made with"
                 *     }
                 */
                "application/json": components["schemas"]["SetCertificate"];
            };
        };
        responses: {
            /** @description It is announced; without peers it is used already. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSet"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_roll_over: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it has come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RollOver"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    begin_roll_over: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is announced; without peers it is used already. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RollOver"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancel_roll_over: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key stays as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RollOver"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    finish_roll_over: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is left to do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RollOver"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    make_backup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "passphrase": "several words that nobody guesses"
                 *     }
                 */
                "application/json": components["schemas"]["MakeBackup"];
            };
        };
        responses: {
            /** @description The file, as an attachment `NAME-TIME.backup`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.daikan.backup": string;
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_groups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The groups, parents before children. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01930c4e-5a00-7000-8000-000000000003",
                     *           "name": "Managed devices",
                     *           "path": "Managed devices",
                     *           "parent_id": null,
                     *           "secondaries": 0,
                     *           "revision": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Group"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    add_group: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
                 *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "path": "Managed devices/Branches"
                 *     }
                 */
                "application/json": components["schemas"]["AddGroup"];
            };
        };
        responses: {
            /** @description The group. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_group: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The group. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_group: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_group: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "North",
                 *       "parent": "Managed devices/Branches"
                 *     }
                 */
                "application/json": components["schemas"]["EditGroup"];
            };
        };
        responses: {
            /** @description The group as it is now. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_devices: {
        parameters: {
            query?: {
                /** @description Only those of the group with this path and of its subgroups. */
                group?: string;
                status?: components["schemas"]["DeviceStatus"];
                /** @description Only those whose name begins with it, in either case of ASCII letters. */
                text?: string;
                /** @description Only the one with this name, in either case of ASCII letters. */
                name?: string;
                limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01930c4e-5a00-7000-8000-000000000009",
                     *           "name": "till-0417",
                     *           "group": "Managed devices/Shops",
                     *           "group_id": "01930c4e-5a00-7000-8000-000000000003",
                     *           "status": "warning",
                     *           "reason": "disk 91 % full",
                     *           "told_at": "2026-11-23T21:33:00.000000Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Device"][];
                        next_cursor: string | null;
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    tell_devices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "devices": [
                 *         {
                 *           "name": "till-0417",
                 *           "group": "Managed devices",
                 *           "status": "warning",
                 *           "reason": "disk 91 % full"
                 *         },
                 *         {
                 *           "name": "till-0418",
                 *           "status": "ok"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TellDevices"];
            };
        };
        responses: {
            /** @description What became of the rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "added": 1,
                     *       "changed": 1,
                     *       "unchanged": 0
                     *     }
                     */
                    "application/json": {
                        added: number;
                        changed: number;
                        /** @description Told again as they were. */
                        unchanged: number;
                    };
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_device: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone from the register. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    device_counts: {
        parameters: {
            query?: {
                /** @description Only those of the group with this path and of its subgroups. */
                group?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": 40,
                     *       "warning": 1,
                     *       "critical": 0,
                     *       "unknown": 2,
                     *       "total": 43,
                     *       "told_at": "2026-11-23T21:33:00.000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["DeviceCounts"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_secondaries: {
        parameters: {
            query?: {
                /** @description Only those of the group with this path (not of its subgroups). */
                group?: string;
                state?: components["schemas"]["LinkState"];
                limit?: components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Secondary"][];
                        next_cursor: string | null;
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `group_not_found`: no group has this path. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    add_secondary: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
                 *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddSecondary"];
            };
        };
        responses: {
            /** @description The same registration was there. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secondary"];
                };
            };
            /** @description Registered. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secondary"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `not_found`: no unrecognised server has this fingerprint. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_secondary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Registration id or server id. */
                id: components["parameters"]["SecondaryId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secondary. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01930c4e-5a00-7000-8000-000000000004",
                     *       "name": "branch1",
                     *       "group": "Managed devices/Branches",
                     *       "group_id": "01930c4e-5a00-7000-8000-000000000005",
                     *       "address": "branch1.example.com:13291",
                     *       "direction": "secondary_dials",
                     *       "proxy": null,
                     *       "state": "connected",
                     *       "since": "2026-11-23T21:33:00.000000Z",
                     *       "reason": null,
                     *       "version": "0.1.0",
                     *       "last_connected_at": "2026-11-23T21:33:00.000000Z",
                     *       "fingerprint": "AB:CD:EF",
                     *       "server_id": "01930c4e-5a00-7000-8000-000000000006",
                     *       "round_trip_ms": 0.412,
                     *       "clock_skew_ms": -3.1,
                     *       "peer_address": "10.0.0.7:40112",
                     *       "next_attempt_at": null,
                     *       "created_at": "2026-11-23T21:32:58.000000Z",
                     *       "revision": 1,
                     *       "next_step": null
                     *     }
                     */
                    "application/json": components["schemas"]["Secondary"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_secondary: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description Registration id or server id. */
                id: components["parameters"]["SecondaryId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no secondary of this server any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_secondary: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description Registration id or server id. */
                id: components["parameters"]["SecondaryId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditSecondary"];
            };
        };
        responses: {
            /** @description The secondary as it is now. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secondary"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["Unreached"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_unrecognised_servers: {
        parameters: {
            query?: {
                /** @description Those that were ignored instead. */
                ignored?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The one seen last first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["UnrecognisedServer"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    forget_unrecognised_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description SHA-256 of the certificate, with or without colons. */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is off the list. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    ignore_unrecognised_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description SHA-256 of the certificate, with or without colons. */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ignored. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `conflict`: 1000 servers are ignored already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    unignore_unrecognised_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description SHA-256 of the certificate, with or without colons. */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is listed again. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_primary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The primary, or `{configured:false}`. */
            200: {
                headers: {
                    /** @description Only when configured. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    set_primary: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "hq.example.com:13000",
                 *       "certificate": "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n"
                 *     }
                 */
                "application/json": components["schemas"]["SetPrimary"];
            };
        };
        responses: {
            /** @description The primary. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    clear_primary: {
        parameters: {
            query?: {
                /** @description What becomes of what was inherited. */
                inherited?: "keep" | "remove";
            };
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This server has no primary. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_primary: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "hq2.example.com:13000"
                 *     }
                 */
                "application/json": components["schemas"]["EditPrimary"];
            };
        };
        responses: {
            /** @description The primary as it is now. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["Unreached"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_primary_move: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The move. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrimaryMove"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    move_to_primary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "hq2.example.com:13000",
                 *       "certificate": "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n",
                 *       "wait_seconds": 60
                 *     }
                 */
                "application/json": components["schemas"]["MoveToPrimary"];
            };
        };
        responses: {
            /** @description It begins. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrimaryMove"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    set_primary_rights: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "primary_may": "read"
                 *     }
                 */
                "application/json": components["schemas"]["PrimaryRights"];
            };
        };
        responses: {
            /** @description The primary. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    probe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "hq.example.com:13000",
                 *       "expected_fingerprint": "AB:CD:EF"
                 *     }
                 */
                "application/json": components["schemas"]["ProbeRequest"];
            };
        };
        responses: {
            /** @description How far it came. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": false,
                     *       "fingerprint": null,
                     *       "certificate": null,
                     *       "steps": [
                     *         {
                     *           "step": "name",
                     *           "detail": "10.0.0.7",
                     *           "took_ms": 1.2,
                     *           "error": null
                     *         },
                     *         {
                     *           "step": "tcp",
                     *           "detail": "",
                     *           "took_ms": 0.3,
                     *           "error": {
                     *             "code": "refused",
                     *             "message": "hq.example.com:13000: connection refused.",
                     *             "remedy": "Is the server running, and is port 13000 open?"
                     *           }
                     *         }
                     *       ],
                     *       "error": {
                     *         "code": "refused",
                     *         "message": "hq.example.com:13000: connection refused.",
                     *         "remedy": "Is the server running, and is port 13000 open?"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ProbeAnswer"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
        };
    };
    probe_console: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "branch1.example.com:13291"
                 *     }
                 */
                "application/json": components["schemas"]["ConsoleProbeRequest"];
            };
        };
        responses: {
            /** @description Who it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01930c4e-5a00-7000-8000-000000000006",
                     *       "name": "branch1",
                     *       "version": "0.1.0",
                     *       "fingerprint": "AB:CD:EF"
                     *     }
                     */
                    "application/json": components["schemas"]["ConsoleProbe"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["Unreachable"];
            503: components["responses"]["Unavailable"];
        };
    };
    check_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkCheckRequest"];
            };
        };
        responses: {
            /** @description Every step, and what each end knows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkCheck"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    begin_join: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
                 *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "group": "Managed devices/Branches",
                 *       "secondary_console": "branch1.example.com:13291",
                 *       "fingerprint": "AB:CD:EF",
                 *       "credentials": {
                 *         "user": "admin",
                 *         "password": "secret"
                 *       },
                 *       "primary_address": "hq.example.com:13000"
                 *     }
                 */
                "application/json": components["schemas"]["JoinRequest"];
            };
        };
        responses: {
            /** @description It runs; watch the operation. */
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_operations: {
        parameters: {
            query?: {
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Operation"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_operation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01930c4e-5a00-7000-8000-000000000007",
                     *       "kind": "join",
                     *       "state": "running",
                     *       "actor": "olga",
                     *       "created_at": "2026-11-23T21:33:00.000000Z",
                     *       "updated_at": "2026-11-23T21:33:01.000000Z",
                     *       "error": null,
                     *       "result": null,
                     *       "steps": [
                     *         {
                     *           "step": "identity",
                     *           "state": "done",
                     *           "detail": "branch1 (0.1.0)",
                     *           "error": null
                     *         },
                     *         {
                     *           "step": "probe",
                     *           "state": "running",
                     *           "detail": "",
                     *           "error": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Operation"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    resume_operation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credentials": {
                 *         "user": "admin",
                 *         "password": "secret"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ResumeRequest"];
            };
        };
        responses: {
            /** @description It runs again. */
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancel_operation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is being undone, or was. */
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, at most 1000. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Invitation"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    make_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "group": "Managed devices/Branches",
                 *       "name": "Branch 7",
                 *       "expires_in_seconds": 604800,
                 *       "addresses": [
                 *         "hq.example.com:13000"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MakeInvitation"];
            };
        };
        responses: {
            /** @description The invitation and its file. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeInvitation"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    join_primary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "invitation": "daikan-invitation 1\nid: ...\nsignature: ...\n",
                 *       "proxy": {
                 *         "url": "http://proxy:3128"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["JoinPrimary"];
            };
        };
        responses: {
            /** @description This server's primary; its link is being made. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            502: components["responses"]["Unreachable"];
            503: components["responses"]["Unavailable"];
        };
    };
    tree: {
        parameters: {
            query?: {
                /** @description Levels below this server; default: as deep as a hierarchy may be. */
                depth?: number;
                /** @description How long to wait for lower servers; each level gives the next nine tenths of it. */
                timeout_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tree. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TreeNode"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    events: {
        parameters: {
            query?: {
                after?: number;
                before?: number;
                limit?: components["parameters"]["Limit"];
                /** @description At least this one. */
                severity?: components["parameters"]["LeastSeverity"];
                /** @description Exactly this kind. */
                kind?: components["parameters"]["EventKind"];
                /** @description Registration id; also of a secondary that was removed. */
                secondary?: components["parameters"]["EventSecondary"];
                /** @description At or after this time (RFC 3339, or a date). */
                from?: components["parameters"]["From"];
                /** @description Before this time. */
                until?: components["parameters"]["Until"];
                /** @description Somewhere in the message, whatever the case of its letters. */
                text?: components["parameters"]["Text"];
                /** @description `subtree`: warnings and worse, joins and leaves of this server and all below it, in the order of their arrival here, each once; `sequence` counts those. Not for streams. */
                scope?: "own" | "subtree";
            };
            header?: {
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "sequence": 12,
                     *           "at": "2026-11-23T21:33:00.000000Z",
                     *           "severity": "info",
                     *           "kind": "link_connected",
                     *           "message": "The link to branch1 is up.",
                     *           "secondary_id": "01930c4e-5a00-7000-8000-000000000004"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Event"][];
                        next_cursor: string | null;
                    };
                    /**
                     * @example id: 12
                     *     event: link_connected
                     *     data: {"sequence":12}
                     */
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    rolled_up_servers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The servers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": []
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["RolledUpServer"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    report: {
        parameters: {
            query?: {
                format?: "json" | "csv" | "html";
                include_secondaries?: boolean;
                /** @description Levels below this server. */
                depth?: number;
                details?: boolean;
                /** @description At least this one. */
                severity?: components["parameters"]["LeastSeverity"];
                /** @description At or after this time (RFC 3339, or a date). */
                from?: components["parameters"]["From"];
                /** @description Before this time. */
                until?: components["parameters"]["Until"];
            };
            header?: never;
            path: {
                kind: "servers" | "events" | "devices";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "servers",
                     *       "made_at": "2026-11-23T21:33:00.000000Z",
                     *       "server": "hq",
                     *       "include_secondaries": true,
                     *       "depth": 64,
                     *       "details": false,
                     *       "complete": true,
                     *       "missing": [],
                     *       "rows": []
                     *     }
                     */
                    "application/json": {
                        kind: string;
                        made_at: components["schemas"]["Time"];
                        server: string;
                        include_secondaries: boolean;
                        depth: number;
                        details: boolean;
                        /** @description false: there are more events than a report holds (10,000). */
                        complete: boolean;
                        missing: {
                            server: string;
                            /** @description null: never heard from. */
                            heard_at: string | null;
                            /**
                             * @description With `devices`: its numbers are of `heard_at`, or were never told.
                             * @enum {string}
                             */
                            devices?: "old" | "unknown";
                        }[];
                        /** @description With `devices`: of all numbers that are known. */
                        sum?: {
                            ok: number;
                            warning: number;
                            critical: number;
                            unknown: number;
                            total: number;
                            /** @description Whose numbers these are, this one counted. */
                            servers: number;
                            /** @description false: numbers of some servers are old or were never told; `missing` names them. */
                            complete: boolean;
                        };
                        rows: Record<string, never>[];
                    };
                    /** @example server,state */
                    "text/csv": string;
                    /** @example <!DOCTYPE html> */
                    "text/html": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    export_events: {
        parameters: {
            query?: {
                format?: components["parameters"]["ExportFormat"];
                /** @description At least this one. */
                severity?: components["parameters"]["LeastSeverity"];
                /** @description Exactly this kind. */
                kind?: components["parameters"]["EventKind"];
                /** @description Registration id; also of a secondary that was removed. */
                secondary?: components["parameters"]["EventSecondary"];
                /** @description At or after this time (RFC 3339, or a date). */
                from?: components["parameters"]["From"];
                /** @description Before this time. */
                until?: components["parameters"]["Until"];
                /** @description Somewhere in the message, whatever the case of its letters. */
                text?: components["parameters"]["Text"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Export"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    export_audit: {
        parameters: {
            query?: {
                format?: components["parameters"]["ExportFormat"];
                /** @description Exactly this name. */
                actor?: components["parameters"]["AuditActor"];
                /** @description Exactly this action, or with a dot at its end every action that begins so. */
                action?: components["parameters"]["AuditAction"];
                /** @description Somewhere in the object, whatever the case of its letters. */
                object?: components["parameters"]["AuditObject"];
                /** @description At or after this time (RFC 3339, or a date). */
                from?: components["parameters"]["From"];
                /** @description Before this time. */
                until?: components["parameters"]["Until"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Export"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_notifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All destinations, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["NotificationDestination"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    add_notification: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
                 *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ops",
                 *       "kind": "email",
                 *       "address": "mail.example.com:587",
                 *       "sender": "daikan@example.com",
                 *       "recipients": "ops@example.com boss@example.com",
                 *       "severity": "error"
                 *     }
                 */
                "application/json": components["schemas"]["AddNotification"];
            };
        };
        responses: {
            /** @description Added. */
            201: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDestination"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_notification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The destination. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDestination"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_notification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_notification: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "severity": "error",
                 *       "kinds": "link_refused login_refused"
                 *     }
                 */
                "application/json": components["schemas"]["EditNotification"];
            };
        };
        responses: {
            /** @description The destination as it is now. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDestination"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    test_notification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it went; a failure is in `error`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        error: components["schemas"]["Reason"] | null;
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_tasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tasks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Task"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_task: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
                 *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Nightly backup",
                 *       "kind": "backup",
                 *       "schedule": "cron 30 3 * * *",
                 *       "settings": {
                 *         "folder": "backups",
                 *         "keep": 14,
                 *         "passphrase": "several words that nobody guesses"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateTask"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    Location?: string;
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "enabled": false
                 *     }
                 */
                "application/json": components["schemas"]["EditTask"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    start_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task; `last_run` is the run, where it runs on this server. */
            202: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancel_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task; `last_run` tells how it ended, or that it still does. */
            202: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_task_runs: {
        parameters: {
            query?: {
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TaskRun"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    audit_chain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        anchor: components["schemas"]["AuditLink"];
                        head: components["schemas"]["AuditLink"];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    audit: {
        parameters: {
            query?: {
                before?: number;
                limit?: components["parameters"]["Limit"];
                /** @description Exactly this name. */
                actor?: components["parameters"]["AuditActor"];
                /** @description Exactly this action, or with a dot at its end every action that begins so. */
                action?: components["parameters"]["AuditAction"];
                /** @description Somewhere in the object, whatever the case of its letters. */
                object?: components["parameters"]["AuditObject"];
                /** @description At or after this time (RFC 3339, or a date). */
                from?: components["parameters"]["From"];
                /** @description Before this time. */
                until?: components["parameters"]["Until"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditRecord"][];
                        next_cursor: string | null;
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_applications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The applications. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Application"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The application. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationSchema"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_policies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Own ones by group, then inherited ones from the top of the hierarchy down. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Policy"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_policy: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters. The same key with the same request of the same account gets the first answer again (for 24 hours), also when this server went down before it had answered; then as what was made is now;
                 *     with another request it is refused with `conflict`, and so is a second request while the first still runs.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Quiet logs",
                 *       "group": "Managed devices",
                 *       "active": true,
                 *       "settings": {
                 *         "log.level": {
                 *           "value": "warning",
                 *           "locked": true
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreatePolicy"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    Location?: string;
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    apply_policies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "policies": [
                 *         {
                 *           "name": "Quiet logs",
                 *           "group": "Managed devices",
                 *           "active": true,
                 *           "settings": {
                 *             "log.level": {
                 *               "value": "warning",
                 *               "locked": true
                 *             }
                 *           },
                 *           "revision": 3
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ApplyPolicies"];
            };
        };
        responses: {
            /** @description All are as they are to be; in the order of the request, with what was done to each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedPolicies"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    preview_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Quiet logs",
                 *       "active": true,
                 *       "settings": {
                 *         "log.level": {
                 *           "value": "warning",
                 *           "locked": true
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PreviewPolicy"];
            };
        };
        responses: {
            /** @description Every place whose effective settings would differ: this server first, then groups with their secondaries, which pass it on to everything below. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyPreview"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_policy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    remove_policy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_policy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "active": true
                 *     }
                 */
                "application/json": components["schemas"]["EditPolicy"];
            };
        };
        responses: {
            /** @description Changed; `deactivated` names the policy that was active before. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    policy_status: {
        parameters: {
            query?: {
                /** @description Only where this policy is to be in force and only whether it is. */
                policy?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The proof. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyStatus"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_policy_revisions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest 100. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["PolicyRevision"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    restore_policy_revision: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag one has seen; 412 when it is not the present one. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                id: components["parameters"]["Id"];
                revision: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Restored, as a new revision. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Changed"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_group_settings: {
        parameters: {
            query?: {
                application?: string;
            };
            header?: never;
            path: {
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every setting of the application. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EffectiveSettings"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    show_server_settings: {
        parameters: {
            query?: {
                application?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every setting of the application. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EffectiveSettings"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    edit_server_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "settings": {
                 *         "log.level": "debug"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["EditServerSettings"];
            };
        };
        responses: {
            /** @description What is in force now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EffectiveSettings"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTimedOut"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["NotJson"];
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
        };
    };
}
