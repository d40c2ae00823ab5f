// Written by `npm run types` from the OpenAPI document of the server; not by hand.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /**
         * Member
         * @description A colleague, as every member of the authority sees them.
         *
         *     `email` and `phone` are empty when the directory does not show them.
         */
        Member: {
            /** Format: uuid */
            id: string;
            civility: string;
            first_name: string;
            last_name: string;
            position: string;
            roles: ("admin" | "clerk" | "councillor" | "guest" | "staff")[];
            is_active: boolean;
            email: string;
            phone: string;
        };
        /** Contact */
        Contact: {
            /** Format: uuid */
            id: string;
            name: string;
            role: string;
            phone: string;
            email: string;
        };
        /**
         * Annotation
         * @description A mark as its author sees it.
         *
         *     `created_at` and `modified_at` are the tablets' claims. `forked_from` names the note whose text
         *     another tablet, `device_name`, had changed otherwise at the same time.
         */
        Annotation: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            document_id: string;
            sha256: string;
            page: number;
            page_hash: string;
            mark: components["schemas"]["Ink"] | components["schemas"]["Highlight"] | components["schemas"]["Note"] | components["schemas"]["Bookmark"];
            created_at: string;
            modified_at: string;
            forked_from: string | null;
            device_name: string;
        };
        /**
         * Ink
         * @description One stroke of a pen: `points` are x, y, pressure (0 to 1) of each point in turn.
         */
        Ink: {
            /** @enum {unknown} */
            kind: "ink";
            /** @enum {unknown} */
            colour: "black" | "blue" | "green" | "red" | "yellow";
            width: number;
            points: number[];
            /** @default  */
            label: string;
        };
        /**
         * Highlight
         * @description Words made visible, where they stand and which they are.
         */
        Highlight: {
            /** @enum {unknown} */
            kind: "highlight";
            /** @enum {unknown} */
            colour: "black" | "blue" | "green" | "red" | "yellow";
            quads: number[][];
            quote: components["schemas"]["TextQuote"];
            /** @default  */
            label: string;
        };
        /**
         * TextQuote
         * @description TextQuoteSelector of the Web Annotation Data Model: what was selected, and around it.
         */
        TextQuote: {
            exact: string;
            prefix: string;
            suffix: string;
        };
        /**
         * Note
         * @description Words of one's own, pinned at `x`, `y` of a page; null: of the page as a whole.
         *
         *     `quote` when it was written about selected words.
         */
        Note: {
            /** @enum {unknown} */
            kind: "note";
            /** @enum {unknown} */
            colour: "black" | "blue" | "green" | "red" | "yellow";
            text: string;
            /** @default null */
            x: number | null;
            /** @default null */
            y: number | null;
            /** @default null */
            quote: components["schemas"]["TextQuote"] | null;
            /** @default  */
            label: string;
        };
        /**
         * Bookmark
         * @description A page to come back to.
         */
        Bookmark: {
            /** @enum {unknown} */
            kind: "bookmark";
            /**
             * @default red
             * @enum {unknown}
             */
            colour: "black" | "blue" | "green" | "red" | "yellow";
            /** @default  */
            label: string;
        };
        /**
         * VoteIntention
         * @description How its author means to vote on an item, and what to say. It is never a vote.
         *
         *     `other` is there when two tablets disagree: « deux réponses, laquelle garder ? ».
         */
        VoteIntention: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            agenda_item_id: string;
            /** @enum {unknown} */
            choice: "abstain" | "against" | "for" | "not_voting" | "undecided";
            argument: string;
            speech: string;
            question: string;
            is_concerned: boolean;
            device_name: string;
            modified_at: string;
            other: components["schemas"]["OtherIntention"] | null;
        };
        /**
         * OtherIntention
         * @description What another tablet had prepared at the same time, kept until its author chooses.
         */
        OtherIntention: {
            /** @enum {unknown} */
            choice: "abstain" | "against" | "for" | "not_voting" | "undecided";
            argument: string;
            speech: string;
            question: string;
            is_concerned: boolean;
            device_name: string;
            modified_at: string;
        };
        /**
         * ReadingState
         * @description How far its reader is in a piece: the latest position to arrive, the earliest opening.
         */
        ReadingState: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            document_id: string;
            position: components["schemas"]["Position"] | null;
            is_read: boolean;
            opened_at: string;
            modified_at: string;
        };
        /**
         * Position
         * @description Where somebody is in one version of a piece. `place` is given back as is.
         */
        Position: {
            sha256: string;
            page: number;
            pages: number;
            /** @default  */
            place: string;
        };
        /** AttendanceAnswer */
        AttendanceAnswer: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            sitting_id: string;
            /** @enum {string} */
            answer: "present" | "absent" | "excused";
            /** Format: date-time */
            answered_at: string;
            /** Format: date-time */
            received_at: string;
            is_late: boolean;
        };
        /**
         * ParkedMutation
         * @description A mutation that could not be applied, kept for its author: to copy, try again or discard.
         *
         *     `id` is its `mid`.
         */
        ParkedMutation: {
            /** Format: uuid */
            id: string;
            name: string;
            version: number;
            /** Format: uuid */
            entity: string;
            code: string;
            at: string;
            received_at: string;
            body: unknown;
        };
        /**
         * PutAnnotation
         * @description `put_annotation` 1: a new mark on a page of one version of a piece.
         *
         *     `sha256` names the version, `page_hash` is the SHA-256 of the page's folded text, empty when
         *     it has none: both stay for ever, so that the mark can be found again on another version.
         */
        PutAnnotation: {
            /** Format: uuid */
            document_id: string;
            sha256: string;
            page: number;
            /** @default  */
            page_hash: string;
            mark: components["schemas"]["Ink"] | components["schemas"]["Highlight"] | components["schemas"]["Note"] | components["schemas"]["Bookmark"];
        };
        /**
         * EditNote
         * @description `edit_note` 1: the whole text as it is now on the tablet.
         */
        EditNote: {
            text: string;
        };
        /**
         * StyleAnnotation
         * @description `style_annotation` 1: colour or label; what is left out stays.
         */
        StyleAnnotation: {
            /** @enum {unknown} */
            colour?: "black" | "blue" | "green" | "red" | "yellow";
            label?: string;
        };
        /**
         * DeleteAnnotation
         * @description `delete_annotation` 1: gone from every tablet, erased for good after 30 days.
         */
        DeleteAnnotation: Record<string, never>;
        /**
         * PrepareVote
         * @description `prepare_vote` 1: the whole preparation of one item as it is now on the tablet.
         *
         *     The entity is UUIDv5(`VOTE_INTENTIONS`, "member:item"). `settles`: the author saw two answers
         *     and chose.
         */
        PrepareVote: {
            /** Format: uuid */
            agenda_item_id: string;
            /**
             * @default undecided
             * @enum {unknown}
             */
            choice: "abstain" | "against" | "for" | "not_voting" | "undecided";
            /** @default  */
            argument: string;
            /** @default  */
            speech: string;
            /** @default  */
            question: string;
            /** @default false */
            is_concerned: boolean;
            /** @default false */
            settles: boolean;
        };
        /**
         * KeepReading
         * @description `keep_reading` 1: what changed in one's reading of a piece; what is left out stays.
         *
         *     The entity is UUIDv5(`READING_STATES`, "member:document").
         */
        KeepReading: {
            /** Format: uuid */
            document_id: string;
            position?: components["schemas"]["Position"];
            is_read?: boolean;
        };
        /**
         * AnswerCall
         * @description `answer_call` 1: an act of its own (the entity is new each time); the last one counts.
         */
        AnswerCall: {
            /** Format: uuid */
            sitting_id: string;
            /** @enum {unknown} */
            answer: "absent" | "excused" | "present";
        };
        /**
         * DiscardParked
         * @description `discard_parked` 1: the author no longer wants a parked mutation; `entity` is its mid.
         */
        DiscardParked: Record<string, never>;
        /**
         * HintEvent
         * @description The `data` of one event: something may have changed in an authority, up to this number.
         */
        HintEvent: {
            /** Format: uuid */
            authority: string;
            seq: number;
        };
        /** Acceptance */
        Acceptance: {
            secret: string;
            password?: string | null;
            /** @default  */
            device_name: string;
        };
        /** Account */
        Account: {
            /** Format: uuid */
            id: string;
            email: string;
            civility: string;
            first_name: string;
            last_name: string;
            is_operator: boolean;
        };
        /** Activity */
        Activity: {
            lines: components["schemas"]["ActivityLine"][];
            page: number;
            pages: number;
        };
        /** ActivityLine */
        ActivityLine: {
            /** Format: date-time */
            at: string;
            event: string;
            device: string;
            details: {
                [key: string]: unknown;
            };
        };
        /** AgendaItem */
        AgendaItem: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            sitting_id: string;
            position: number;
            number: number | null;
            title: string;
            /** @enum {string} */
            kind: "deliberation" | "information" | "question" | "motion" | "heading";
            rapporteur_id: string | null;
            in_camera: boolean;
        };
        /** AgendaItemEdit */
        AgendaItemEdit: {
            title?: string;
            kind?: "deliberation" | "information" | "question" | "motion" | "heading";
            rapporteur_id?: string | null;
            in_camera?: boolean;
        };
        /** AgendaOrder */
        AgendaOrder: {
            items: string[];
        };
        /** AskedAddress */
        AskedAddress: {
            address: string;
        };
        /** Assembly */
        Assembly: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "council" | "bureau" | "committee" | "other";
        };
        /** AssemblyEdit */
        AssemblyEdit: {
            name?: string;
            kind?: "council" | "bureau" | "committee" | "other";
        };
        /** AssemblyLine */
        AssemblyLine: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "council" | "bureau" | "committee" | "other";
            seats_in_office: number;
            voting_seats: number;
        };
        /** AttendanceLine */
        AttendanceLine: {
            /** Format: uuid */
            member_id: string;
            civility: string;
            first_name: string;
            last_name: string;
            position: string;
            group_name: string | null;
            is_guest: boolean;
            is_voting: boolean;
            answers: components["schemas"]["AttendanceAnswer"][];
        };
        /** Authority */
        Authority: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "commune" | "epci" | "departement" | "region" | "syndicat" | "ccas";
            time_zone: string;
            siren: string | null;
            logo?: string | null;
            /** @default 30 */
            lease_days: number;
            /** @default 7 */
            lease_days_in_camera: number;
        };
        /** AuthorityDoor */
        AuthorityDoor: {
            authority_id: string | null;
            authority_name: string;
            buttons: components["schemas"]["Button"][];
        };
        /** AuthoritySettings */
        AuthoritySettings: {
            name: string;
            /** @enum {string} */
            kind: "commune" | "epci" | "departement" | "region" | "syndicat" | "ccas";
            time_zone: string;
            can_change_time_zone: boolean;
            siren: string | null;
            siret: string | null;
            population: number | null;
            department: string;
            is_alsace_moselle: boolean;
            address: string;
            logo: string | null;
            notice_days: number | null;
            urgent_notice_days: number | null;
            committee_notice_days: number | null;
            budget_notice_days: number | null;
            recusal_leaves_quorum: boolean;
            chair_leaves_account: boolean;
            eldest_wins_tie: boolean;
            directory_shows_emails: boolean;
            directory_shows_phones: boolean;
            lease_days: number;
            lease_days_in_camera: number;
            notes_kept_days: number;
            law: components["schemas"]["LawRule"][];
        };
        /** Away */
        Away: {
            address: string;
        };
        /** Button */
        Button: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "proconnect" | "generic";
            name: string;
        };
        /** CameBack */
        CameBack: {
            /** @enum {string} */
            purpose: "enter" | "link" | "prove";
            /** Format: uuid */
            authority_id: string;
        };
        /** CancelErasure */
        CancelErasure: {
            secret: string;
        };
        /** Check */
        Check: {
            /** @enum {string} */
            check: "address" | "discovery" | "issuer" | "keys" | "client" | "pkce" | "sign_in_time" | "logout" | "backchannel" | "siret";
            /** @enum {string} */
            state: "ok" | "warning" | "wrong";
            /** @default  */
            detail: string;
        };
        /** Checks */
        Checks: {
            checks: components["schemas"]["Check"][];
        };
        /** CodeSecret */
        CodeSecret: {
            secret: string;
            address: string;
            picture: string;
        };
        /** ComingBack */
        ComingBack: {
            state: string;
            /** @default  */
            code: string;
            /** @default  */
            iss: string;
            /** @default  */
            error: string;
            /** @default  */
            device_name: string;
        };
        /** Connection */
        Connection: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "proconnect" | "generic";
            name: string;
            issuer: string;
            client_id: string;
            scopes: string[];
            acr_asked: string[];
            acr_accepted: string[];
            siret_claim: string;
            trusts_email: boolean;
            is_enabled: boolean;
            redirect_address: string;
            after_sign_out_address: string;
            logout_address: string;
        };
        /** ConnectionEdit */
        ConnectionEdit: {
            /** @enum {string} */
            kind: "proconnect" | "generic";
            name: string;
            issuer: string;
            /** @default  */
            client_id: string;
            /** @default  */
            secret: string;
            scopes: string[];
            acr_asked?: string[];
            acr_accepted?: string[];
            /** @default  */
            siret_claim: string;
            /** @default false */
            trusts_email: boolean;
            /** @default false */
            is_enabled: boolean;
        };
        /** Connections */
        Connections: {
            door_address: string;
            has_siret: boolean;
            connections: components["schemas"]["Connection"][];
        };
        /** Credentials */
        Credentials: {
            email: string;
            password: string;
            /** @default  */
            device_name: string;
        };
        /** Departure */
        Departure: {
            /** @default  */
            email: string;
        };
        /** DeskDocument */
        DeskDocument: {
            document: components["schemas"]["Document"];
            /** @enum {string} */
            state: "checking" | "ready" | "refused" | "withdrawn";
            current: components["schemas"]["DocumentVersion"] | null;
            pending: components["schemas"]["DocumentVersion"] | null;
        };
        /** Device */
        Device: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_seen_at: string;
            is_current: boolean;
            /** @default false */
            is_extra: boolean;
        };
        /** DeviceCopy */
        DeviceCopy: {
            /** Format: uuid */
            device_id: string;
            name: string;
            /** Format: uuid */
            authority_id: string;
            authority_name: string;
            /** Format: date-time */
            last_seen_at: string;
            /** @enum {string} */
            state: "held" | "unseen" | "leaving" | "wiped";
            taken_at: string | null;
            seen_at: string | null;
            wiped_at: string | null;
        };
        /** DeviceEdit */
        DeviceEdit: {
            name: string;
        };
        /** Document */
        Document: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            sitting_id: string;
            agenda_item_id: string | null;
            position: number;
            /** @enum {string} */
            kind: "convocation" | "agenda" | "summary_note" | "report" | "draft_deliberation" | "annex" | "minutes" | "other";
            title: string;
            version_id: string | null;
            withdrawn_at: string | null;
            withdrawn_reason: string;
        };
        /** DocumentEdit */
        DocumentEdit: {
            title?: string;
            kind?: "convocation" | "agenda" | "summary_note" | "report" | "draft_deliberation" | "annex" | "minutes" | "other";
            agenda_item_id?: string | null;
            position?: number;
        };
        /** DocumentVersion */
        DocumentVersion: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            document_id: string;
            number: number;
            /** @enum {string} */
            state: "checking" | "ready" | "refused";
            file_name: string;
            sha256: string;
            size: number;
            slices: string[];
            pages: number;
            flags: string[];
            refusal: string | null;
            reason: string;
            text: components["schemas"]["FileRef"] | null;
            preview: components["schemas"]["FileRef"] | null;
            /** Format: date-time */
            created_at: string;
        };
        /** Entered */
        Entered: {
            /** Format: uuid */
            account_id: string;
            /** Format: uuid */
            authority_id: string;
        };
        /** Erasure */
        Erasure: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            member_id: string;
            name: string;
            is_own: boolean;
            /** Format: date-time */
            asked_at: string;
            /** Format: date-time */
            due_at: string;
            cancelled_at: string | null;
            done_at: string | null;
        };
        /** ErasureState */
        ErasureState: {
            /** Format: date-time */
            asked_at: string;
            /** Format: date-time */
            due_at: string;
        };
        /** Farewell */
        Farewell: {
            address: string | null;
        };
        /** FileRef */
        FileRef: {
            sha256: string;
            size: number;
        };
        /** FirstCode */
        FirstCode: {
            code: string;
        };
        /** GivenCode */
        GivenCode: {
            code: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** Group */
        Group: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** GroupLine */
        GroupLine: {
            /** Format: uuid */
            id: string;
            name: string;
            members: number;
            leaders: string[];
        };
        /** Guest */
        Guest: {
            /** Format: uuid */
            member_id: string;
        };
        /** Head */
        Head: {
            /** Format: uuid */
            epoch: string;
            seq: number;
        };
        /** Health */
        Health: {
            parts: components["schemas"]["HealthPart"][];
            version: string;
            schema: string;
            /** @enum {string} */
            database: "sqlite" | "postgresql";
        };
        /** HealthPart */
        HealthPart: {
            /** @enum {string} */
            name: "database" | "storage" | "worker" | "mail" | "jobs" | "disk" | "backup";
            /** @enum {string} */
            state: "ok" | "attention" | "failed";
            value?: number | null;
            at?: string | null;
        };
        /** HostedAuthority */
        HostedAuthority: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "commune" | "epci" | "departement" | "region" | "syndicat" | "ccas";
            /** Format: date-time */
            created_at: string;
            suspended_at: string | null;
            suspension_reason: string;
            members: number;
            members_allowed: number | null;
            bytes_stored: number;
            megabytes_allowed: number | null;
        };
        /** Import */
        Import: {
            content: string;
            starts_on?: string | null;
            leaves_out?: string[];
            /** @default true */
            invites: boolean;
            assemblies?: components["schemas"]["NewAssembly"][];
            groups?: string[];
            previewed: string[];
        };
        /** ImportChange */
        ImportChange: {
            field: string;
            before: string;
            after: string;
        };
        /** ImportFault */
        ImportFault: {
            line: number;
            column: number;
            field: string;
            code: string;
            value: string;
            other_line: number;
        };
        /** ImportFile */
        ImportFile: {
            content: string;
            starts_on?: string | null;
            leaves_out?: string[];
        };
        /** ImportLine */
        ImportLine: {
            line: number;
            email: string;
            first_name: string;
            last_name: string;
            /** @enum {string} */
            verdict: "new" | "changed" | "same";
            changes: components["schemas"]["ImportChange"][];
            notes: string[];
            fingerprint: string;
        };
        /** ImportPreview */
        ImportPreview: {
            /** @enum {string} */
            format: "own" | "reference";
            encoding: string;
            delimiter: string;
            lines: number;
            people_at_once: number;
            people: components["schemas"]["ImportLine"][];
            errors: components["schemas"]["ImportFault"][];
            new_assemblies: string[];
            new_groups: string[];
        };
        /** Imported */
        Imported: {
            added: number;
            changed: number;
            same: number;
            new_members: string[];
        };
        /** Invitation */
        Invitation: {
            authority_name: string;
            civility: string;
            first_name: string;
            last_name: string;
            email: string;
            /** Format: date-time */
            expires_at: string;
            must_sign_in: boolean;
            is_renewal: boolean;
        };
        /** InvitationSecret */
        InvitationSecret: {
            secret: string;
        };
        /** JournalBreak */
        JournalBreak: {
            position: number;
            /** @enum {string} */
            reason: "missing" | "moved" | "changed" | "payload" | "rebuilt" | "cut" | "forged";
        };
        /** JournalExport */
        JournalExport: {
            position: number;
        };
        /** JournalGap */
        JournalGap: {
            first: number;
            last: number;
            /** Format: date-time */
            at: string;
        };
        /** JournalLine */
        JournalLine: {
            position: number;
            /** Format: date-time */
            at: string;
            event: string;
            who: string;
            subject_id: string | null;
            details: {
                [key: string]: unknown;
            };
            names: {
                [key: string]: string;
            };
            is_erased: boolean;
        };
        /** JournalPage */
        JournalPage: {
            lines: components["schemas"]["JournalLine"][];
            page: number;
            pages: number;
            total: number;
        };
        /** JournalVerdict */
        JournalVerdict: {
            /** Format: date-time */
            verified_at: string;
            lines: number;
            erased: number;
            broken: components["schemas"]["JournalBreak"] | null;
            signed_to: number;
            signed_at: string | null;
            gaps: components["schemas"]["JournalGap"][];
        };
        /** KeyShare */
        KeyShare: {
            share: string;
        };
        /** LawRule */
        LawRule: {
            setting: string;
            article: string;
            is_to_verify: boolean;
            days: number | null;
        };
        /** Leaders */
        Leaders: {
            members: string[];
        };
        /** LegalNotice */
        LegalNotice: {
            publisher: string;
            director: string;
            host: string;
            dpo: string;
            contact: string;
            /** @enum {string} */
            accessibility: "not_audited" | "none" | "partial" | "full";
            accessibility_contact: string;
            accessibility_gaps: string;
            /** Format: uuid */
            authority_id: string;
            authority_name: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** LegalNoticeEdit */
        LegalNoticeEdit: {
            publisher: string;
            director: string;
            host: string;
            dpo: string;
            contact: string;
            /** @enum {string} */
            accessibility: "not_audited" | "none" | "partial" | "full";
            accessibility_contact: string;
            accessibility_gaps: string;
        };
        /** LinkAsked */
        LinkAsked: {
            email: string;
        };
        /** LinkOpened */
        LinkOpened: {
            secret: string;
            /** @default  */
            device_name: string;
        };
        /** LinkSwitch */
        LinkSwitch: {
            is_enabled: boolean;
        };
        /** MailFate */
        MailFate: {
            /** @enum {string} */
            state: "waiting" | "accepted" | "refused" | "unreached" | "written" | "too_late";
            said: string;
            /** Format: date-time */
            at: string;
        };
        /** MailSender */
        MailSender: {
            name: string;
            reply_to: string;
            address: string;
            platform_address: string;
            has_server: boolean;
            last_letter: components["schemas"]["MailFate"] | null;
        };
        /** MailSenderEdit */
        MailSenderEdit: {
            /** @default  */
            name: string;
            /** @default  */
            reply_to: string;
            /** @default  */
            address: string;
            /** @default  */
            code: string;
        };
        /** MandateEndOrder */
        MandateEndOrder: {
            /** Format: date */
            last_day: string;
            /** @default false */
            deactivates: boolean;
            seats?: string[];
        };
        /** MandateEnded */
        MandateEnded: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            assembly_id: string;
            /** Format: date */
            last_day: string;
            /** Format: date-time */
            at: string;
            seats: number;
            deactivated: number;
            can_undo: boolean;
        };
        /** MandateLoss */
        MandateLoss: {
            /** Format: uuid */
            seat_id: string;
            /** Format: uuid */
            member_id: string;
            first_name: string;
            last_name: string;
            position: string;
            /** Format: date */
            starts_on: string;
            ends_on: string | null;
            is_left_without_role: boolean;
        };
        /** Me */
        Me: {
            account: components["schemas"]["Account"];
            device: components["schemas"]["Device"];
            memberships: components["schemas"]["Membership"][];
            wipe_proof: string;
        };
        /** Measure */
        Measure: {
            /** @enum {string} */
            measure: "members_active" | "members_invited" | "members_entered" | "members_seen" | "devices" | "sittings_draft" | "sittings_convened" | "documents" | "versions" | "megabytes";
            count: number | null;
        };
        /** MemberEdit */
        MemberEdit: {
            civility?: "" | "Mme" | "M.";
            first_name?: string;
            last_name?: string;
            position?: string;
            phone?: string;
            roles?: ("councillor" | "clerk" | "admin" | "staff" | "guest")[];
            group_id?: string | null;
        };
        /** MemberLine */
        MemberLine: {
            /** Format: uuid */
            id: string;
            civility: string;
            first_name: string;
            last_name: string;
            position: string;
            roles: ("councillor" | "clerk" | "admin" | "staff" | "guest")[];
            is_active: boolean;
            email: string;
            phone: string;
            group_id: string | null;
            seats: components["schemas"]["Seat"][];
            deactivated_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** @enum {string} */
            entry: "accepted" | "invited" | "expired" | "uninvited";
            invited_at: string | null;
            accepted_at: string | null;
            mail: components["schemas"]["MailFate"] | null;
            last_seen_at: string | null;
            devices: string[];
        };
        /** Membership */
        Membership: {
            authority: components["schemas"]["Authority"];
            /** Format: uuid */
            member_id: string;
            roles: ("councillor" | "clerk" | "admin" | "staff" | "guest")[];
        };
        /** Mutation */
        Mutation: {
            /** Format: uuid */
            mid: string;
            name: string;
            version: number;
            /** Format: uuid */
            entity: string;
            /** @default 0 */
            base: number | string;
            at: string;
            body: unknown;
        };
        /** MutationOutcome */
        MutationOutcome: {
            /** Format: uuid */
            mid: string;
            /** @enum {string} */
            outcome: "applied" | "merged" | "forked" | "parked";
            code: string | null;
            /** Format: uuid */
            entity: string;
        };
        /** MyListing */
        MyListing: {
            phone: string;
            shows_email: boolean;
            shows_phone: boolean;
        };
        /** NewAgendaItem */
        NewAgendaItem: {
            title: string;
            /**
             * @default deliberation
             * @enum {string}
             */
            kind: "deliberation" | "information" | "question" | "motion" | "heading";
            rapporteur_id?: string | null;
            /** @default false */
            in_camera: boolean;
            after?: string | null;
        };
        /** NewAssembly */
        NewAssembly: {
            name: string;
            /** @enum {string} */
            kind: "council" | "bureau" | "committee" | "other";
        };
        /** NewAuthority */
        NewAuthority: {
            name: string;
            /**
             * @default commune
             * @enum {string}
             */
            kind: "commune" | "epci" | "departement" | "region" | "syndicat" | "ccas";
            siren?: string | null;
            first_name: string;
            last_name: string;
            email: string;
        };
        /** NewContact */
        NewContact: {
            name: string;
            /** @default  */
            role: string;
            /** @default  */
            phone: string;
            /** @default  */
            email: string;
        };
        /** NewGroup */
        NewGroup: {
            name: string;
        };
        /** NewMember */
        NewMember: {
            /**
             * @default
             * @enum {string}
             */
            civility: "" | "Mme" | "M.";
            first_name: string;
            last_name: string;
            email: string;
            /** @default  */
            phone: string;
            /** @default  */
            position: string;
            roles: ("councillor" | "clerk" | "admin" | "staff" | "guest")[];
            group_id?: string | null;
            seats?: components["schemas"]["NewSeat"][];
        };
        /** NewPasskey */
        NewPasskey: {
            credential: {
                [key: string]: unknown;
            };
            /** @default  */
            name: string;
        };
        /** NewSeat */
        NewSeat: {
            /** Format: uuid */
            assembly_id: string;
            /** Format: date */
            starts_on: string;
            ends_on?: string | null;
            /** @default true */
            is_voting: boolean;
            /** @default  */
            position: string;
            /** @default 0 */
            rank: number;
        };
        /** NewSitting */
        NewSitting: {
            /** Format: uuid */
            assembly_id: string;
            starts_at: string;
            /** @default  */
            place: string;
        };
        /** NewSubscription */
        NewSubscription: {
            endpoint: string;
            keys: components["schemas"]["PushKeys"];
        };
        /** NotesEnding */
        NotesEnding: {
            authority_name: string;
            /** Format: date */
            ended_on: string;
            /** Format: date */
            purged_on: string;
            is_purged: boolean;
        };
        /** NotificationPreferences */
        NotificationPreferences: {
            /** @default true */
            sitting_called: boolean;
            /** @default true */
            piece_changed: boolean;
            quiet?: components["schemas"]["QuietHours"] | null;
        };
        /** NotificationSwitch */
        NotificationSwitch: {
            is_enabled: boolean;
        };
        /** Notifications */
        Notifications: {
            key: string;
            is_subscribed: boolean;
            preferences: components["schemas"]["NotificationPreferences"];
            switched_off: string[];
        };
        /** OwnConnection */
        OwnConnection: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "proconnect" | "generic";
            name: string;
            authority_name: string;
            is_linked: boolean;
            is_own_choice: boolean;
            last_used_at: string | null;
        };
        /** OwnConnections */
        OwnConnections: {
            may_prove: boolean;
            connections: components["schemas"]["OwnConnection"][];
        };
        /** Passkey */
        Passkey: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: date-time */
            created_at: string;
            last_used_at: string | null;
            is_syncable: boolean;
        };
        /** PasskeySignIn */
        PasskeySignIn: {
            credential: {
                [key: string]: unknown;
            };
            /** @default  */
            device_name: string;
        };
        /** PasswordChange */
        PasswordChange: {
            /** @default  */
            current: string;
            new: string;
        };
        /** PersonalData */
        PersonalData: {
            erasure: components["schemas"]["ErasureState"] | null;
            last_administrator: boolean;
            grace_days: number;
            endings: components["schemas"]["NotesEnding"][];
        };
        /** Problem */
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            details?: {
                [key: string]: unknown;
            };
        };
        /** Proof */
        Proof: {
            credential?: {
                [key: string]: unknown;
            } | null;
            /** @default  */
            password: string;
            /** @default  */
            code: string;
        };
        /** ProofQuestion */
        ProofQuestion: {
            ways: ("passkey" | "password" | "password_code" | "code")[];
            options: {
                [key: string]: unknown;
            } | null;
        };
        /** PullRequest */
        PullRequest: {
            /** @default 1 */
            version: number;
            cursor?: string | null;
            /** @default 500 */
            limit: number;
            holding?: string[];
        };
        /** Pulled */
        Pulled: {
            cursor_in: string | null;
            cursor: string;
            /** Format: uuid */
            epoch: string;
            reset: boolean;
            rows: components["schemas"]["Row"][];
            more: boolean;
            held: string[];
            /** Format: date-time */
            now: string;
        };
        /** PushKeys */
        PushKeys: {
            p256dh: string;
            auth: string;
        };
        /** PushRequest */
        PushRequest: {
            /** Format: uuid */
            epoch: string;
            mutations: components["schemas"]["Mutation"][];
        };
        /** Pushed */
        Pushed: {
            outcomes: components["schemas"]["MutationOutcome"][];
        };
        /** Question */
        Question: {
            options: {
                [key: string]: unknown;
            };
        };
        /** QuietHours */
        QuietHours: {
            begins: string;
            ends: string;
        };
        /** Quota */
        Quota: {
            megabytes?: number | null;
            members?: number | null;
        };
        /** Recipient */
        Recipient: {
            /** Format: uuid */
            member_id: string;
            civility: string;
            first_name: string;
            last_name: string;
            has_seat: boolean;
            is_voting: boolean;
        };
        /** Recovery */
        Recovery: {
            email: string;
            code: string;
            /** @default  */
            password: string;
            /** @default  */
            device_name: string;
        };
        /** RecoveryCodes */
        RecoveryCodes: {
            codes: string[];
        };
        /** Register */
        Register: {
            authority_name: string;
            dpo: string;
            security: string[];
            activities: components["schemas"]["RegisterActivity"][];
        };
        /** RegisterActivity */
        RegisterActivity: {
            title: string;
            purpose: string;
            legal_basis: string;
            recipients: string;
            entries: components["schemas"]["RegisterEntry"][];
        };
        /** RegisterEntry */
        RegisterEntry: {
            category: string;
            people: string;
            columns: string[];
            retention: string;
            is_sensitive: boolean;
            is_sealed: boolean;
        };
        /** Row */
        Row: {
            /** @enum {string} */
            kind: "authority" | "assembly" | "member" | "contact" | "sitting" | "agenda_item" | "document" | "document_version" | "annotation" | "vote_intention" | "reading_state" | "attendance_answer" | "parked_mutation";
            /** Format: uuid */
            id: string;
            seq: number;
            deleted?: boolean;
            value?: unknown;
        };
        /** Seat */
        Seat: {
            /** Format: uuid */
            assembly_id: string;
            /** Format: date */
            starts_on: string;
            ends_on?: string | null;
            /** @default true */
            is_voting: boolean;
            /** @default  */
            position: string;
            /** @default 0 */
            rank: number;
            /** Format: uuid */
            id: string;
            substitutes: string[];
        };
        /** SeatEdit */
        SeatEdit: {
            starts_on?: string;
            ends_on?: string | null;
            is_voting?: boolean;
            position?: string;
            rank?: number;
        };
        /** SecondStep */
        SecondStep: {
            challenge: string;
            code: string;
            /** @default  */
            device_name: string;
        };
        /** Security */
        Security: {
            has_password: boolean;
            has_codes: boolean;
            recovery_codes: number;
            is_given: boolean;
            passkeys: components["schemas"]["Passkey"][];
        };
        /** SenderCheck */
        SenderCheck: {
            /** @enum {string} */
            check: "spf" | "mx" | "dmarc";
            /** @enum {string} */
            state: "found" | "absent" | "silent";
            said: string;
        };
        /** SenderChecks */
        SenderChecks: {
            domain: string;
            /** @enum {null|string} */
            verdict: "pass" | "fail" | "softfail" | "neutral" | "none" | "unknown" | null;
            checks: components["schemas"]["SenderCheck"][];
        };
        /** SettingsEdit */
        SettingsEdit: {
            name?: string;
            kind?: "commune" | "epci" | "departement" | "region" | "syndicat" | "ccas";
            time_zone?: string;
            siren?: string | null;
            siret?: string | null;
            population?: number | null;
            department?: string;
            address?: string;
            notice_days?: number | null;
            urgent_notice_days?: number | null;
            committee_notice_days?: number | null;
            budget_notice_days?: number | null;
            recusal_leaves_quorum?: boolean;
            chair_leaves_account?: boolean;
            eldest_wins_tie?: boolean;
            directory_shows_emails?: boolean;
            directory_shows_phones?: boolean;
            lease_days?: number;
            lease_days_in_camera?: number;
            notes_kept_days?: number;
        };
        /** SignedIn */
        SignedIn: {
            /** Format: uuid */
            account_id: string;
            /** Format: uuid */
            device_id: string;
        };
        /** Sitting */
        Sitting: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            assembly_id: string;
            /** Format: date-time */
            starts_at: string;
            time_zone: string;
            place: string;
            /** @enum {string} */
            state: "draft" | "convened";
            convened_at: string | null;
        };
        /** SittingAnswers */
        SittingAnswers: {
            /** Format: uuid */
            sitting_id: string;
            assembly: string;
            /** Format: date-time */
            starts_at: string;
            called: number;
            answered: number | null;
        };
        /** SittingDetail */
        SittingDetail: {
            sitting: components["schemas"]["Sitting"];
            assembly_name: string;
            agenda: components["schemas"]["AgendaItem"][];
            recipients: components["schemas"]["Recipient"][];
        };
        /** SittingEdit */
        SittingEdit: {
            assembly_id?: string;
            starts_at?: string;
            place?: string;
        };
        /** SittingLine */
        SittingLine: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            assembly_id: string;
            /** Format: date-time */
            starts_at: string;
            time_zone: string;
            place: string;
            /** @enum {string} */
            state: "draft" | "convened";
            convened_at: string | null;
            assembly_name: string;
            items: number;
            recipients: number;
        };
        /** Substitutes */
        Substitutes: {
            members: string[];
        };
        /** SupportView */
        SupportView: {
            authority: components["schemas"]["HostedAuthority"];
            administrators: number;
            members_invited: number;
            members_never_seen: number;
            devices: number;
            sittings_draft: number;
            sittings_called: number;
            pieces: number;
            pieces_checking: number;
            pieces_refused: number;
            journal_lines: number;
            last_deed_at: string | null;
        };
        /** Suspension */
        Suspension: {
            /** @default  */
            reason: string;
        };
        /** TypedCode */
        TypedCode: {
            code: string;
            /** @default  */
            device_name: string;
        };
        /** Usage */
        Usage: {
            measures: components["schemas"]["Measure"][];
            sittings: components["schemas"]["SittingAnswers"][];
            smallest_group: number;
            time_zone: string;
        };
        /** WipeReceipt */
        WipeReceipt: {
            proof: string;
        };
        /** Withdrawal */
        Withdrawal: {
            reason: string;
        };
    };
    responses: {
        /** @description A fault of ours: logged, never shown. */
        500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database or the storage does not answer: try again. */
        503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Another site cannot send it: with it, a request comes from our own pages. */
        XCartable: "1";
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;

export type Schemas = components['schemas']
