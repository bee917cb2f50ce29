//! The rows of RFC 3261 §20, tables 2 and 3, with the columns and rows of the RFCs after it.
//!
//! A row reads as in the RFCs: where, and then one cell for each method, in the order of
//! [`COLUMNS`](super::COLUMNS). `Rr` is the blank of the RFCs, `.` a cell that no RFC fills. The
//! rows of one header stand together.

use super::{Group, Row};
use crate::header::Known;

/// What stands for the RFC where that is the RFC of the column.
const TABLES: &str = "";

macro_rules! rows {
    ($($header:ident: $rfc:expr => $($row:literal)+;)+) => {
        /// The table.
        pub(super) static TABLE: &[Group] = &[$(Group {
            header: Known::$header,
            rfc: $rfc,
            rows: &[$(Row::read($row)),+],
        }),+];
    };
}

rows! {
    //   where           ACK BYE CAN INV OPT REG PRA UPD REF SUB NOT MSG INF PUB

    // RFC 3261, tables 2 and 3, in their order.
    Accept: TABLES =>
        "R               -   o   -   o   m*  o   o   o   o   o   o   -   o   o"
        "2xx             -   -   -   o   m*  o   -   o   -   -   -   -   .   -"
        "415             -   c   -   c   c   c   c   c   c   o   o   m*  o   m*";
    AcceptEncoding: TABLES =>
        "R               -   o   -   o   o   o   o   o   o   o   o   -   o   o"
        "2xx             -   -   -   o   m*  o   -   o   -   -   -   -   o   -"
        "415             -   c   -   c   c   c   c   c   c   o   o   m*  c   m*";
    AcceptLanguage: TABLES =>
        "R               -   o   -   o   o   o   o   o   o   o   o   -   o   o"
        "2xx             -   -   -   o   m*  o   -   o   -   -   -   -   o   -"
        "415             -   c   -   c   c   c   c   c   c   o   o   m*  o   m*";
    AlertInfo: TABLES =>
        "R               -   -   -   o   -   -   -   -   -   -   -   -   -   -"
        "180             -   -   -   o   -   -   -   -   -   -   -   -   -   -";
    // Every provisional response to INVITE but 100.
    AlertInfo: "RFC 7462 §4.1" =>
        "101-199         .   .   .   o   .   .   .   .   .   .   .   .   .   .";
    Allow: TABLES =>
        "R               -   o   -   o   o   o   o   o   o   o   o   o   o   o"
        "2xx             -   o   -   m*  m*  o   o   o   .   o   o   o   .   ."
        "r               -   o   -   o   o   o   o   o   o   o   o   o   o   o"
        "405             -   m   -   m   m   m   m   m   m   m   m   m   m   m";
    AuthenticationInfo: TABLES =>
        "2xx             -   o   -   o   o   o   o   o   o   o   o   o   o   o";
    Authorization: TABLES =>
        "R               o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    CallId: TABLES =>
        "c               m   m   m   m   m   m   m   m   m   m   m   m   m   m";
    CallInfo: TABLES =>
        "Rr              -   -   -   o   o   o   -   o   -   .   .   o   o   o";
    Contact: TABLES =>
        "R               o   -   -   m   o   o   -   m   m   m   m   -   -   -"
        // 1xx to INVITE stays `o`: an erratum that would have it mandatory (2910) was rejected.
        "1xx             -   -   -   o   -   -   -   o   -   o   o   -   -   -"
        "2xx             -   -   -   m   o   o   -   m   m   m   o   -   -   -"
        "3xx             -   o   -   o   o   o   o   o   .   m   m   o   -   o"
        "485             -   o   -   o   o   o   o   o   .   o   o   o   -   o"
        "300-699         .   .   .   .   .   .   .   .   o   .   .   .   .   .";
    ContentDisposition: TABLES =>
        "Rr              o   o   -   o   o   o   o   o   o   o   o   o   o   o";
    ContentEncoding: TABLES =>
        "Rr              o   o   -   o   o   o   o   o   o   o   o   o   o   o";
    ContentLanguage: TABLES =>
        "Rr              o   o   -   o   o   o   o   o   o   o   o   o   o   o";
    ContentLength: TABLES =>
        "Rr              t   t   t   t   t   t   t   t   o   t   t   t   o   t";
    ContentType: TABLES =>
        "Rr              *   *   -   *   *   *   *   *   *   *   *   *   *   *";
    CSeq: TABLES =>
        "c               m   m   m   m   m   m   m   m   m   m   m   m   m   m";
    Date: TABLES =>
        "Rr              o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    ErrorInfo: TABLES =>
        "300-699         -   o   o   o   o   o   o   o   o   o   o   o   o   o";
    Expires: TABLES =>
        "R               .   .   .   .   .   .   .   .   o   .   .   .   .   ."
        "Rr              -   -   -   o   -   o   -   -   .   o   -   o   -   o"
        "2xx             .   .   .   .   .   .   .   .   .   .   .   .   .   m";
    Expires: "RFC 6665 §3.1.1" =>
        "2xx             .   .   .   .   .   .   .   .   .   m   .   .   .   .";
    From: TABLES =>
        "c               m   m   m   m   m   m   m   m   m   m   m   m   m   m";
    InReplyTo: TABLES =>
        "R               -   -   -   o   -   -   -   -   -   -   -   o   .   -";
    MaxForwards: TABLES =>
        "R               m   m   m   m   m   m   m   m   m   m   m   m   o   m";
    MinExpires: TABLES =>
        "423             -   -   -   -   -   m   -   -   -   m   -   .   -   m";
    MimeVersion: TABLES =>
        "Rr              o   o   -   o   o   o   o   o   o   o   o   .   o   o";
    Organization: TABLES =>
        "Rr              -   -   -   o   o   o   -   o   o   o   -   o   -   o";
    Priority: TABLES =>
        "R               -   -   -   o   -   -   -   -   -   o   -   o   -   o";
    ProxyAuthenticate: TABLES =>
        "407             -   m   -   m   m   m   m   m   m   m   m   m   m   m"
        "401             -   o   o   o   o   o   o   o   o   .   .   o   o   o";
    // A proxy that forked puts all challenges into one response, to whatever method.
    ProxyAuthenticate: "RFC 3261 §16.7" =>
        "401             .   .   .   .   .   .   .   .   .   o   o   .   .   .";
    ProxyAuthorization: TABLES =>
        "R               o   o   -   o   o   o   o   o   o   o   o   o   o   o";
    ProxyRequire: TABLES =>
        "R               .   o   -   o   o   o   o   o   o   o   o   o   o   o";
    // Table 3 has `-` for ACK; the text lets it repeat what the INVITE had.
    ProxyRequire: "RFC 3261 §8.2.2.3" =>
        "R               c   .   .   .   .   .   .   .   .   .   .   .   .   .";
    RecordRoute: TABLES =>
        "R               o   o   o   o   o   -   o   o   o   o   o   -   o   -"
        "2xx,18x         -   o   o   o   o   -   o   o   o   .   .   -   o   -"
        "2xx,401,484     .   .   .   .   .   .   .   .   .   o   o   .   .   .";
    // Every provisional response that makes a dialog.
    RecordRoute: "RFC 3261 §12.1.1" =>
        "101-199         .   .   .   o   .   .   .   .   .   .   .   .   .   .";
    ReplyTo: TABLES =>
        "Rr              -   -   -   o   -   -   -   -   -   -   -   o   .   -";
    Require: TABLES =>
        "Rr              .   c   -   c   c   c   c   c   c   o   o   c   o   o";
    // As for Proxy-Require.
    Require: "RFC 3261 §8.2.2.3" =>
        "Rr              c   .   .   .   .   .   .   .   .   .   .   .   .   .";
    RetryAfter: TABLES =>
        "404,413,480,486 -   o   o   o   o   o   o   o   o   o   o   o   o   o"
        "500,503         -   o   o   o   o   o   o   o   o   o   o   o   o   o"
        "600,603         -   o   o   o   o   o   o   o   o   o   o   o   o   o";
    Route: TABLES =>
        "R               c   c   c   c   c   c   c   c   c   c   c   o   o   c";
    Server: TABLES =>
        "r               -   o   o   o   o   o   o   o   o   o   o   o   o   o";
    Subject: TABLES =>
        "R               -   -   -   o   -   -   -   -   -   -   -   o   o   o";
    Supported: TABLES =>
        "R               -   o   o   m*  o   o   o   o   o   o   o   .   o   o"
        "2xx             -   o   o   m*  m*  o   o   o   o   o   o   .   o   o";
    // "In all requests and responses."
    Supported: "RFC 7433 §4.3" =>
        "r               -   o   o   o   o   o   o   o   o   o   o   .   o   o";
    Timestamp: TABLES =>
        "Rr              o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    To: TABLES =>
        "c               m   m   m   m   m   m   m   m   m   m   m   m   m   m";
    Unsupported: TABLES =>
        "420             -   m   -   m   m   m   m   m   o   o   o   o   o   o";
    UserAgent: TABLES =>
        "Rr              o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    Via: TABLES =>
        "R               m   m   m   m   m   m   m   m   m   m   m   m   m   m"
        "c               m   m   m   m   m   m   m   m   m   m   m   m   m   m";
    Warning: TABLES =>
        "R               .   .   .   .   .   .   .   .   .   -   o   .   .   ."
        "r               -   o   o   o   o   o   o   o   o   o   o   o   o   o";
    WwwAuthenticate: TABLES =>
        "401             -   m   -   m   m   m   m   m   m   m   m   m   m   m"
        "407             -   o   -   o   o   o   .   o   o   .   .   o   o   o";
    // As for Proxy-Authenticate.
    WwwAuthenticate: "RFC 3261 §16.7" =>
        "407             .   .   .   .   .   .   o   .   .   o   o   .   .   .";

    // Sessions and dialogs.
    RAck: "RFC 3262 §7.2" =>
        "R               -   -   -   -   -   -   m   -   .   -   -   .   .   .";
    RSeq: "RFC 3262 §7.1" =>
        "1xx             -   -   -   o   -   -   -   -   .   o   o   .   .   .";
    SessionExpires: "RFC 4028 §4" =>
        "R               -   -   -   o   -   -   -   o   .   -   -   .   .   ."
        "2xx             -   -   -   o   -   -   -   o   .   -   -   .   .   .";
    MinSE: "RFC 4028 §4" =>
        "R               -   -   -   o   -   -   -   o   .   -   -   .   .   ."
        "422             -   -   -   m   -   -   -   m   .   -   -   .   .   .";
    Replaces: "RFC 3891 §6.1" =>
        "R               -   -   -   o   -   -   -   -   -   -   -   -   -   -";
    Join: "RFC 3911 §7.1" =>
        "R               -   -   -   o   -   -   -   -   -   -   -   -   -   -";
    TargetDialog: "RFC 4538 §7" =>
        "R               -   -   -   o   -   -   -   -   o   o   -   -   -   -";
    ReferTo: "RFC 3515 §2.2" =>
        "R               -   -   -   -   -   -   -   -   m   -   -   -   -   -";
    // "In any SIP request", and its row for the methods of RFC 3261.
    ReferredBy: "RFC 3892 §3" =>
        "R               -   o   -   o   o   o   o   o   o   o   o   o   o   o";
    ReferSub: "RFC 4488 §4" =>
        "R,2xx           -   -   -   -   -   -   -   -   o   -   -   -   -   -";
    ReferEventsAt: "RFC 7614 §4.8" =>
        "2xx             .   .   .   .   .   .   .   .   o   .   .   .   .   .";
    // RFC 6432 has it in any response.
    Reason: "RFC 3326 §2" =>
        "Rr              o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    // `m` for INVITE, of those who know the header at all.
    RecvInfo: "RFC 6086 §7.1" =>
        "R               -   -   -   c   -   o   o   o   -   -   -   -   -   ."
        "2xx             -   -   -   c   -   -   c   c   -   -   -   -   -   ."
        "1xx             -   -   -   c   -   -   -   -   -   -   -   -   -   ."
        "469             -   -   -   -   -   -   -   -   -   -   -   -   m   ."
        "r               -   -   -   o   -   -   o   o   -   -   -   -   -   .";
    // `m`, but for the INFO of old, which has none.
    InfoPackage: "RFC 6086 §7.1" =>
        "R               -   -   -   -   -   -   -   -   -   -   -   -   c   .";
    UserToUser: "RFC 7433 §4.1" =>
        "Rr              .   o   .   o   .   .   .   .   .   .   .   .   .   .";
    SessionId: "RFC 7989 §5" =>
        "Rr              o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    AnswerMode: "RFC 5373 §5" =>
        "R,200           .   .   .   o   .   .   .   .   .   .   .   .   .   .";
    PrivAnswerMode: "RFC 5373 §5" =>
        "R,200           .   .   .   o   .   .   .   .   .   .   .   .   .   .";

    // Events.
    Event: "RFC 6665 §8.2.1" =>
        "R               -   -   -   -   -   -   -   -   -   m   m   -   -   m";
    // "In any request or response"; RFC 3265 and RFC 3903 have the row for 489.
    AllowEvents: "RFC 6665 §8.2.2" =>
        "Rr              o   o   o   o   o   o   o   o   o   o   o   o   o   o"
        "489             .   .   .   .   .   .   .   .   .   m   m   .   .   m";
    SubscriptionState: "RFC 6665 §8.2.3" =>
        "R               -   -   -   -   -   -   -   -   -   -   m   -   -   -";
    SipETag: "RFC 3903 §11.3" =>
        "2xx             -   -   -   -   -   -   -   -   -   -   -   -   -   m";
    SipETag: "RFC 5839 §6.2" =>
        "R               .   .   .   .   .   .   .   .   .   .   o   .   .   .";
    SipIfMatch: "RFC 3903 §11.3" =>
        "R               -   -   -   -   -   -   -   -   -   -   -   -   -   o";
    SuppressIfMatch: "RFC 5839 §7.2" =>
        "R               o   o   o   o   o   o   o   o   o   o   o   o   o   o";

    // Routing.
    Path: "RFC 3327 §4" =>
        "R               -   -   -   -   -   o   .   .   .   .   .   .   .   ."
        "2xx             -   -   -   -   -   o   .   .   .   .   .   .   .   .";
    ServiceRoute: "RFC 3608 §5" =>
        "2xx             -   -   -   -   -   o   -   .   .   .   .   .   .   .";
    FlowTimer: "RFC 5626 §11.1" =>
        "2xx             .   .   .   .   .   o   .   .   .   .   .   .   .   .";
    // RFC 6086 has `-` for INFO, and yet every proxy must add it.
    MaxBreadth: "RFC 5393 §5.3" =>
        "R               o   o   o   o   o   o   o   o   o   o   o   o   o   o";
    // The table of RFC 7044, which obsoletes it, is its prose in §5.
    HistoryInfo: "RFC 4244 §4.1" =>
        "Rr              -   -   -   o   o   o   -   -   o   o   o   o   -   o";
    Diversion: "RFC 5806 §4" =>
        "R               -   -   -   o   -   -   .   .   .   .   .   .   .   ."
        "3xx             -   -   -   o   -   -   .   .   .   .   .   .   .   .";
    AcceptContact: "RFC 3841 §9" =>
        "R               o   o   o   o   o   -   o   o   o   o   o   o   o   .";
    RejectContact: "RFC 3841 §9" =>
        "R               o   o   o   o   o   -   o   o   o   o   o   o   o   .";
    RequestDisposition: "RFC 3841 §9" =>
        "R               o   o   o   o   o   o   o   o   o   o   o   o   o   .";
    ResourcePriority: "RFC 4412 §3.3" =>
        "R               o   o   o   o   o   o   o   o   o   o   o   o   .   o";
    ResourcePriority: "RFC 6086 §6.1" =>
        "Rr              .   .   .   .   .   .   .   .   .   .   .   .   o   .";
    AcceptResourcePriority: "RFC 4412 §3.3" =>
        "200             -   o   o   o   o   o   o   o   o   o   o   o   .   o"
        "417             -   o   o   o   o   o   o   o   o   o   o   o   o   o";
    AcceptResourcePriority: "RFC 6086 §6.1" =>
        "2xx             .   .   .   .   .   .   .   .   .   .   .   .   o   .";
    PolicyContact: "RFC 6794 §4.4.5" =>
        "R               -   -   -   c   -   -   c   c   -   -   -   -   -   -"
        "488             -   -   -   c   -   -   c   c   -   -   -   -   -   -";
    PolicyId: "RFC 6794 §4.4.5" =>
        "R               -   -   -   c   -   -   c   c   -   -   -   -   -   -";

    // Identity, privacy and security.
    Privacy: "RFC 3323 §4.2" =>
        "Rr              o   o   o   o   o   o   o   o   .   o   o   o   o   .";
    // Any request but ACK and CANCEL; responses are as unclear as in RFC 3325, so they may.
    PAssertedIdentity: "RFC 5876 §3.2" =>
        "Rr              -   o   -   o   o   o   o   o   o   o   o   o   o   o";
    PPreferredIdentity: "RFC 5876 §3.2" =>
        "Rr              -   o   -   o   o   o   o   o   o   o   o   o   o   o";
    Identity: "RFC 4474 §9" =>
        "R               o   o   -   o   o   o   o   o   o   o   o   .   o   .";
    IdentityInfo: "RFC 4474 §9" =>
        "R               o   o   -   o   o   o   o   o   o   o   o   .   o   .";
    SecurityClient: "RFC 3329 §2.6" =>
        "R               -   o   -   o   o   o   -   o   .   o   o   o   o   .";
    SecurityServer: "RFC 3329 §2.6" =>
        "421,494         -   o   -   o   o   o   -   o   .   o   o   o   o   .";
    SecurityVerify: "RFC 3329 §2.6" =>
        "R               -   o   -   o   o   o   -   o   .   o   o   o   o   .";

    // Location.
    Geolocation: "RFC 6442 §4.1" =>
        "Rr              .   o   .   o   o   o   o   o   o   o   o   o   o   o";
    GeolocationError: "RFC 6442 §4.4" =>
        "r               .   o   .   o   o   o   o   o   o   o   o   o   o   o";
    GeolocationError: "RFC 6442 §4.3" =>
        "424             .   m   .   m   m   m   m   m   m   m   m   m   m   m";

    // 3GPP and PacketCable. What RFC 7315 §5.7 says is taken with the methods RFC 3455 listed; as
    // RFC 9878 widens it here and there, nothing is said of P-Access-Network-Info in ACK.
    PAccessNetworkInfo: "RFC 7315 §5.7" =>
        "Rr              .   o   -   o   o   o   o   o   o   o   o   o   o   o";
    PAssociatedUri: "RFC 7315 §5.7" =>
        "R,2xx           -   -   -   -   -   o   -   -   -   -   -   -   -   -";
    PCalledPartyId: "RFC 7315 §5.7" =>
        "Rr              -   -   -   o   o   -   -   -   o   o   -   o   -   o";
    PChargingVector: "RFC 7315 §5.7" =>
        "Rr              o   o   -   o   o   o   o   o   o   o   o   o   o   o";
    PChargingFunctionAddresses: "RFC 7315 §5.7" =>
        "Rr              -   o   -   o   o   o   o   o   o   o   o   o   o   o";
    PVisitedNetworkId: "RFC 7315 §5.7" =>
        "Rr              -   -   -   o   o   o   o   o   o   o   o   o   o   o";
    PEarlyMedia: "RFC 5009 §8" =>
        "R               -   -   -   o   -   -   o   o   .   .   .   .   .   ."
        "18x             -   -   -   o   -   -   -   -   .   .   .   .   .   ."
        "2xx             -   -   -   -   -   -   o   o   .   .   .   .   .   .";
    PAssertedService: "RFC 6050 §4.1" =>
        "R               -   -   -   o   o   -   -   -   o   o   -   o   -   o";
    PPreferredService: "RFC 6050 §4.2" =>
        "R               -   -   -   o   o   -   -   -   o   o   -   o   -   o";
    PMediaAuthorization: "RFC 3313 §5.1" =>
        "R               o   -   -   o   -   -   o   o   .   -   -   .   -   ."
        "2xx             -   -   -   o   -   -   o   o   .   -   -   .   -   ."
        "101-199         -   -   -   o   -   -   .   .   .   .   .   .   .   .";
    PAnswerState: "RFC 4964 §7.2" =>
        "18x,2xx         -   -   -   o   -   -   -   -   -   -   -   -   -   -";
    PRefusedUriList: "RFC 5318 §6" =>
        "403             -   o   o   o   o   o   o   o   o   o   o   o   o   o";
    PDcsTracePartyId: "RFC 5503 §5.1" =>
        "R               -   -   -   o   -   -   -   -   -   -   -   -   -   -";
    PDcsOsps: "RFC 5503 §6.1" =>
        "R               -   -   -   o   -   -   -   o   -   -   -   -   -   -";
    PDcsRedirect: "RFC 5503 §8.1" =>
        "Rr              -   -   -   o   -   -   -   -   -   -   -   -   -   -";
}
