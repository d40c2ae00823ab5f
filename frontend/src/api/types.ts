// Written by `npm run types` from the OpenAPI document of the server; not by hand.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** Account */
        Account: {
            /** Format: uuid */
            id: string;
            email: string;
            civility: string;
            first_name: string;
            last_name: string;
            must_change_password: boolean;
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
        /** Authority */
        Authority: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "commune" | "epci" | "departement" | "region" | "syndicat" | "ccas";
            time_zone: string;
            siren: string | null;
        };
        /** Credentials */
        Credentials: {
            email: string;
            password: string;
            /** @default  */
            device_name: string;
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
        /** FileRef */
        FileRef: {
            sha256: string;
            size: number;
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
        /** Me */
        Me: {
            account: components["schemas"]["Account"];
            device: components["schemas"]["Device"];
            memberships: components["schemas"]["Membership"][];
        };
        /** MemberAdded */
        MemberAdded: {
            member: components["schemas"]["MemberLine"];
            one_time_password: string | null;
        };
        /** MemberEdit */
        MemberEdit: {
            civility?: "" | "Mme" | "M.";
            first_name?: string;
            last_name?: string;
            position?: string;
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
            email: string;
            roles: ("councillor" | "clerk" | "admin" | "staff" | "guest")[];
            group_id: string | null;
            seats: components["schemas"]["Seat"][];
            is_active: boolean;
            deactivated_at: string | null;
            /** Format: date-time */
            created_at: string;
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
            position: string;
            roles: ("councillor" | "clerk" | "admin" | "staff" | "guest")[];
            group_id?: string | null;
            seats?: components["schemas"]["NewSeat"][];
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
        /** OneTimePassword */
        OneTimePassword: {
            one_time_password: string;
        };
        /** PasswordChange */
        PasswordChange: {
            current: string;
            new: string;
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
        /** Row */
        Row: {
            /** @enum {string} */
            kind: "authority" | "assembly" | "member" | "sitting" | "agenda_item" | "document" | "document_version";
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
        };
        /** SeatEdit */
        SeatEdit: {
            starts_on?: string;
            ends_on?: string | null;
            is_voting?: boolean;
            position?: string;
            rank?: number;
        };
        /** SignedIn */
        SignedIn: {
            /** Format: uuid */
            account_id: string;
            /** Format: uuid */
            device_id: string;
            must_change_password: boolean;
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
