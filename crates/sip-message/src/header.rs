//! The header table: one row a header, and the trait that a row implements.
//!
//! Each row makes a marker type ([`Via`], [`From`], …), a constant of [`HeaderName`](crate::HeaderName), an entry of
//! the name look-up and the decoder that tools use. A header of your own is the same trait
//! implemented in your crate:
//!
//! ```
//! use sip_message::{header::{Header, ListKind}, value::NameAddr, Message};
//!
//! struct PCalledPartyId;
//! impl Header for PCalledPartyId {
//!     const NAME: &'static str = "P-Called-Party-ID";
//!     const LIST: ListKind = ListKind::Single;
//!     const RFC: &'static str = "RFC 7315 §4.2";
//!     type Value<'a> = NameAddr<'a>;
//! }
//!
//! let message = Message::parse(&b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\n\
//!     p-called-party-id: <sip:bob@biloxi.example>\r\n\r\n"[..])?;
//! let called = message.headers().require(PCalledPartyId).unwrap();
//! assert_eq!(called.uri().unwrap().user(), Some("bob"));
//! # Ok::<(), sip_message::ParseError>(())
//! ```

use crate::encode::Sort;
use crate::value::{self, Head, HeaderValue, Value};
use crate::{Input, ValueError};

/// How often a header's value may stand in a message (RFC 3261 §7.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListKind {
    /// One value.
    Single,
    /// One or more values, on lines of their own or with commas between.
    List,
    /// A list that may be empty.
    ListOrEmpty,
    /// One value a line and any number of lines: commas are part of a value, as in a challenge.
    Lines,
}

impl ListKind {
    /// Whether commas part the values of a line.
    #[must_use]
    pub const fn has_commas(self) -> bool {
        matches!(self, Self::List | Self::ListOrEmpty)
    }
}

/// A header: its name and what its value decodes to.
///
/// The types in this module implement it; so may yours.
pub trait Header {
    /// The name as RFCs write it.
    const NAME: &'static str;
    /// The compact form of the name, if it has one (RFC 3261 §7.3.3).
    const COMPACT: Option<u8> = None;
    /// How often it may be there.
    const LIST: ListKind;
    /// The section that defines it.
    const RFC: &'static str;
    /// What a builder makes that is a value of this header in any case.
    #[doc(hidden)]
    const SORT: Sort = Sort::Any;
    /// The row of the table; `None` for a header of another crate.
    #[doc(hidden)]
    const ROW: Option<Known> = None;
    /// What one value decodes to.
    type Value<'a>: HeaderValue<'a>;

    /// Reads one value.
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    #[inline(always)]
    fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
        Self::Value::parse(input)
    }
}

/// What the table knows of a header, for code that treats all alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) compact: Option<u8>,
    pub(crate) list: ListKind,
    pub(crate) rfc: &'static str,
    pub(crate) parse: for<'a> fn(&mut Input<'a, '_>) -> Result<Value<'a>, ValueError>,
}

/// Declares the rows: name constant, marker type, name, compact form, list kind, value family,
/// RFC section.
macro_rules! table {
    ($($(#[doc = $doc:literal])+
       $konst:ident $marker:ident $name:literal $($compact:literal)?,
       $list:ident, $family:ident $(($($arg:expr)+))?, $rfc:literal;)+) => {
        /// The headers of the table. The number of a row is its place in it, from 1.
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Known {
            #[doc(hidden)]
            None,
            $(#[doc = $name] $marker,)+
        }

        $($(#[doc = $doc])+
        #[doc = ""]
        #[doc = concat!("`", $name, "`", $(" (compact form `", stringify!($compact), "`)",)? ", ", $rfc, ".")]
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl Header for $marker {
            const NAME: &'static str = $name;
            $(const COMPACT: Option<u8> = Some($compact);)?
            const LIST: ListKind = ListKind::$list;
            const RFC: &'static str = $rfc;
            const ROW: Option<Known> = Some(Known::$marker);
            const SORT: Sort = table!(@sort $family);
            type Value<'a> = table!(@type $family 'a);

            #[inline(always)]
            fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
                table!(@parse $family $(($($arg)+))? input)
            }
        })+

        /// The numbers of the rows, [`Known::None`] first.
        pub(crate) const ALL: [Known; NAMES.len() + 1] = [Known::None, $(Known::$marker),+];

        /// The rows in order.
        pub(crate) static ROWS: &[Row] = &[$(Row {
            name: <$marker as Header>::NAME,
            compact: <$marker as Header>::COMPACT,
            list: <$marker as Header>::LIST,
            rfc: <$marker as Header>::RFC,
            parse: |input| <$marker as Header>::parse(input).map(Value::from),
        }),+];

        /// The names and compact forms of the rows, for the look-up to be built from.
        pub(crate) const NAMES: &[(&str, Option<u8>)] =
            &[$((<$marker as Header>::NAME, <$marker as Header>::COMPACT)),+];

        impl crate::HeaderName<'static> {
            $(#[doc = concat!("`", $name, "`, see [`header::", stringify!($marker), "`](crate::header::", stringify!($marker), ").")]
            pub const $konst: Self = Self::of_row(Known::$marker);)+
        }
    };

    (@sort Via) => { Sort::Via };
    (@sort Route) => { Sort::Address };
    (@sort $family:ident) => { Sort::Any };

    (@type NameAddr $a:lifetime) => { value::NameAddr<$a> };
    (@type Party $a:lifetime) => { value::NameAddr<$a> };
    (@type Route $a:lifetime) => { value::NameAddr<$a> };
    (@type Link $a:lifetime) => { value::NameAddr<$a> };
    (@type Contact $a:lifetime) => { value::Contact<$a> };
    (@type Via $a:lifetime) => { value::Via<$a> };
    (@type CSeq $a:lifetime) => { value::CSeq<$a> };
    (@type RAck $a:lifetime) => { value::RAck<$a> };
    (@type CallId $a:lifetime) => { value::CallId<$a> };
    (@type CallIds $a:lifetime) => { value::CallId<$a> };
    (@type Token $a:lifetime) => { value::Token<$a> };
    (@type Method $a:lifetime) => { crate::Method<$a> };
    (@type MediaType $a:lifetime) => { value::MediaType<$a> };
    (@type MediaRange $a:lifetime) => { value::MediaType<$a> };
    (@type Headed $a:lifetime) => { value::Parameterized<$a> };
    (@type ParamList $a:lifetime) => { value::ParamList<$a> };
    (@type Challenge $a:lifetime) => { value::Challenge<$a> };
    (@type Credentials $a:lifetime) => { value::Credentials<$a> };
    (@type AuthInfo $a:lifetime) => { value::AuthenticationInfo<$a> };
    (@type Number $a:lifetime) => { value::Number };
    (@type Date $a:lifetime) => { value::Date };
    (@type Timestamp $a:lifetime) => { value::Timestamp<$a> };
    (@type RetryAfter $a:lifetime) => { value::RetryAfter<$a> };
    (@type Warning $a:lifetime) => { value::Warning<$a> };
    (@type Text $a:lifetime) => { value::Text<$a> };
    (@type Product $a:lifetime) => { value::Text<$a> };

    (@parse Party $input:ident) => { value::NameAddr::parse_party($input) };
    (@parse Route $input:ident) => { value::NameAddr::parse_bracketed($input) };
    (@parse Link $input:ident) => { value::NameAddr::parse_link($input) };
    (@parse CallIds $input:ident) => { value::CallId::parse_listed($input) };
    (@parse MediaRange $input:ident) => { value::MediaType::parse_range($input) };
    (@parse Headed($head:expr) $input:ident) => { value::Parameterized::parse_headed($head, $input) };
    (@parse Number($max:expr) $input:ident) => { value::Number::parse_up_to($max, $input) };
    (@parse Product $input:ident) => { value::Text::parse_products($input) };
    (@parse $family:ident $input:ident) => { HeaderValue::parse($input) };
}

table! {
    /// The path that a request has taken, and that its responses take back.
    VIA Via "Via" b'v', List, Via, "RFC 3261 §20.42";
    /// Who sends a request.
    FROM From "From" b'f', Single, Party, "RFC 3261 §20.20";
    /// Whom a request is for.
    TO To "To" b't', Single, Party, "RFC 3261 §20.39";
    /// Names a call, or the registrations of a client.
    CALL_ID CallId "Call-ID" b'i', Single, CallId, "RFC 3261 §20.8";
    /// Orders the requests of a call and tells which one a response is for.
    CSEQ CSeq "CSeq", Single, CSeq, "RFC 3261 §20.16";
    /// Where to send further requests, or what to bind, or where else to try.
    CONTACT Contact "Contact" b'm', List, Contact, "RFC 3261 §20.10";
    /// The proxies that a request must still pass.
    ROUTE Route "Route", List, Route, "RFC 3261 §20.34";
    /// The proxies that stay on the path of a dialog.
    RECORD_ROUTE RecordRoute "Record-Route", List, Route, "RFC 3261 §20.30";
    /// How many more proxies a request may pass.
    MAX_FORWARDS MaxForwards "Max-Forwards", Single, Number(255), "RFC 3261 §20.22";
    /// What the body is.
    CONTENT_TYPE ContentType "Content-Type" b'c', Single, MediaType, "RFC 3261 §20.15";
    /// How many octets the body has.
    CONTENT_LENGTH ContentLength "Content-Length" b'l', Single, Number(u32::MAX), "RFC 3261 §20.14";
    /// For how many seconds the message, or what it asks for, is good.
    EXPIRES Expires "Expires", Single, Number(u32::MAX), "RFC 3261 §20.19";
    /// The methods that the sender takes.
    ALLOW Allow "Allow", ListOrEmpty, Method, "RFC 3261 §20.5";
    /// The extensions that the sender supports.
    SUPPORTED Supported "Supported" b'k', ListOrEmpty, Token, "RFC 3261 §20.37";
    /// The extensions that the server must support.
    REQUIRE Require "Require", List, Token, "RFC 3261 §20.32";
    /// The extensions that proxies must support.
    PROXY_REQUIRE ProxyRequire "Proxy-Require", List, Token, "RFC 3261 §20.29";
    /// The required extensions that the server does not have.
    UNSUPPORTED Unsupported "Unsupported", List, Token, "RFC 3261 §20.40";
    /// The software of a client.
    USER_AGENT UserAgent "User-Agent", Single, Product, "RFC 3261 §20.41";
    /// The software of a server.
    SERVER Server "Server", Single, Product, "RFC 3261 §20.35";
    /// What a call is about.
    SUBJECT Subject "Subject" b's', Single, Text, "RFC 3261 §20.36";

    // The rest of RFC 3261.

    /// The bodies that the sender takes.
    ACCEPT Accept "Accept", ListOrEmpty, MediaRange, "RFC 3261 §20.1";
    /// The content encodings that the sender takes.
    ACCEPT_ENCODING AcceptEncoding "Accept-Encoding", ListOrEmpty, Headed(Head::Token), "RFC 3261 §20.2";
    /// The languages that the sender prefers.
    ACCEPT_LANGUAGE AcceptLanguage "Accept-Language", ListOrEmpty, Headed(Head::Token), "RFC 3261 §20.3";
    /// A ring tone, or ring-back tone, of its own.
    ALERT_INFO AlertInfo "Alert-Info", List, Link, "RFC 3261 §20.4";
    /// What authenticates the server, and the next nonce.
    AUTHENTICATION_INFO AuthenticationInfo "Authentication-Info", Single, AuthInfo, "RFC 3261 §20.6";
    /// Credentials for a user agent.
    AUTHORIZATION Authorization "Authorization", Lines, Credentials, "RFC 3261 §20.7";
    /// More about the caller or the callee.
    CALL_INFO CallInfo "Call-Info", List, Link, "RFC 3261 §20.9";
    /// What a body is for.
    CONTENT_DISPOSITION ContentDisposition "Content-Disposition", Single, Headed(Head::Token), "RFC 3261 §20.11";
    /// How the body is encoded.
    CONTENT_ENCODING ContentEncoding "Content-Encoding" b'e', List, Token, "RFC 3261 §20.12";
    /// The language of the body.
    CONTENT_LANGUAGE ContentLanguage "Content-Language", List, Token, "RFC 3261 §20.13";
    /// When a message was first sent.
    DATE Date "Date", Single, Date, "RFC 3261 §20.17";
    /// More about an error.
    ERROR_INFO ErrorInfo "Error-Info", List, Link, "RFC 3261 §20.18";
    /// The calls that a call refers to.
    IN_REPLY_TO InReplyTo "In-Reply-To", List, CallIds, "RFC 3261 §20.21";
    /// The shortest registration that a server takes, in seconds.
    MIN_EXPIRES MinExpires "Min-Expires", Single, Number(u32::MAX), "RFC 3261 §20.23";
    /// The version of MIME, 1.0.
    MIME_VERSION MimeVersion "MIME-Version", Single, Token, "RFC 3261 §20.24";
    /// Whom the sender belongs to.
    ORGANIZATION Organization "Organization", Single, Text, "RFC 3261 §20.25";
    /// How urgent a request is to a person.
    PRIORITY Priority "Priority", Single, Token, "RFC 3261 §20.26";
    /// A challenge from a proxy.
    PROXY_AUTHENTICATE ProxyAuthenticate "Proxy-Authenticate", Lines, Challenge, "RFC 3261 §20.27";
    /// Credentials for a proxy.
    PROXY_AUTHORIZATION ProxyAuthorization "Proxy-Authorization", Lines, Credentials, "RFC 3261 §20.28";
    /// Where to call back, if not From.
    REPLY_TO ReplyTo "Reply-To", Single, NameAddr, "RFC 3261 §20.31";
    /// When to try again.
    RETRY_AFTER RetryAfter "Retry-After", Single, RetryAfter, "RFC 3261 §20.33";
    /// When a request was sent, for the round-trip time.
    TIMESTAMP Timestamp "Timestamp", Single, Timestamp, "RFC 3261 §20.38";
    /// More about a status.
    WARNING Warning "Warning", List, Warning, "RFC 3261 §20.43";
    /// A challenge from a user agent.
    WWW_AUTHENTICATE WwwAuthenticate "WWW-Authenticate", Lines, Challenge, "RFC 3261 §20.44";

    // Sessions and dialogs.

    /// Which reliable provisional response a PRACK confirms.
    RACK RAck "RAck", Single, RAck, "RFC 3262 §7.2";
    /// The number of a reliable provisional response.
    RSEQ RSeq "RSeq", Single, Number(u32::MAX), "RFC 3262 §7.1";
    /// After how many seconds a session must have been refreshed, and by whom.
    SESSION_EXPIRES SessionExpires "Session-Expires" b'x', Single, Headed(Head::Number), "RFC 4028 §4";
    /// The shortest session interval that is taken, in seconds.
    MIN_SE MinSE "Min-SE", Single, Headed(Head::Number), "RFC 4028 §5";
    /// The dialog that a new one takes the place of.
    REPLACES Replaces "Replaces", Single, Headed(Head::CallId), "RFC 3891 §6.1";
    /// The dialog that a new one joins.
    JOIN Join "Join", Single, Headed(Head::CallId), "RFC 3911 §7.1";
    /// A dialog that shows that the sender may ask.
    TARGET_DIALOG TargetDialog "Target-Dialog", Single, Headed(Head::CallId), "RFC 4538 §7";
    /// Whom to contact, or how.
    REFER_TO ReferTo "Refer-To" b'r', Single, NameAddr, "RFC 3515 §2.1";
    /// Who referred.
    REFERRED_BY ReferredBy "Referred-By" b'b', Single, NameAddr, "RFC 3892 §3";
    /// Whether a REFER makes a subscription.
    REFER_SUB ReferSub "Refer-Sub", Single, Headed(Head::Token), "RFC 4488 §4";
    /// Where the events of a REFER can be had.
    REFER_EVENTS_AT ReferEventsAt "Refer-Events-At", Single, Link, "RFC 7614 §7";
    /// Why a request was sent.
    REASON Reason "Reason", List, Headed(Head::Token), "RFC 3326 §2";
    /// The INFO packages that the sender takes.
    RECV_INFO RecvInfo "Recv-Info", ListOrEmpty, Headed(Head::Token), "RFC 6086 §10.3";
    /// The package of an INFO.
    INFO_PACKAGE InfoPackage "Info-Package", Single, Headed(Head::Token), "RFC 6086 §10.2";
    /// What one user sends to the other through the call.
    USER_TO_USER UserToUser "User-to-User", List, Headed(Head::TokenOrQuoted), "RFC 7433 §4.1";
    /// Names a session from end to end, over back-to-back user agents.
    SESSION_ID SessionId "Session-ID", Single, Headed(Head::Token), "RFC 7989 §5";
    /// Whether to answer without a person.
    ANSWER_MODE AnswerMode "Answer-Mode", Single, Headed(Head::Token), "RFC 5373 §5.1";
    /// The same, with the right to it.
    PRIV_ANSWER_MODE PrivAnswerMode "Priv-Answer-Mode", Single, Headed(Head::Token), "RFC 5373 §5.1";

    // Events and publication.

    /// The event package of a subscription.
    EVENT Event "Event" b'o', Single, Headed(Head::Token), "RFC 6665 §8.2.1";
    /// The event packages that the sender has.
    ALLOW_EVENTS AllowEvents "Allow-Events" b'u', List, Token, "RFC 6665 §8.2.2";
    /// The state of a subscription.
    SUBSCRIPTION_STATE SubscriptionState "Subscription-State", Single, Headed(Head::Token), "RFC 6665 §8.2.3";
    /// Names a publication.
    SIP_ETAG SipETag "SIP-ETag", Single, Token, "RFC 3903 §11.3.1";
    /// The publication that a PUBLISH changes.
    SIP_IF_MATCH SipIfMatch "SIP-If-Match", Single, Token, "RFC 3903 §11.3.2";
    /// The state that a subscriber has already.
    SUPPRESS_IF_MATCH SuppressIfMatch "Suppress-If-Match", Single, Token, "RFC 5839 §7.2";

    // Routing and registration.

    /// The proxies between a registrar and a user agent.
    PATH Path "Path", List, Route, "RFC 3327 §4";
    /// The proxies that a user agent's requests should pass.
    SERVICE_ROUTE ServiceRoute "Service-Route", List, Route, "RFC 3608 §5";
    /// After how many seconds without a keep-alive a flow is dead.
    FLOW_TIMER FlowTimer "Flow-Timer", Single, Number(u32::MAX), "RFC 5626 §10";
    /// How many branches a request may still be forked into.
    MAX_BREADTH MaxBreadth "Max-Breadth", Single, Number(u32::MAX), "RFC 5393 §5.3";
    /// How a request came to where it is.
    HISTORY_INFO HistoryInfo "History-Info", List, Route, "RFC 7044 §5";
    /// From whom, and why, a call was diverted.
    DIVERSION Diversion "Diversion", List, Route, "RFC 5806 §4";
    /// The features of those on the path.
    FEATURE_CAPS FeatureCaps "Feature-Caps", List, Headed(Head::Star), "RFC 6809 §6.2";
    /// What a contact must be able to do.
    ACCEPT_CONTACT AcceptContact "Accept-Contact" b'a', List, Headed(Head::Star), "RFC 3841 §9.2";
    /// What a contact must not be.
    REJECT_CONTACT RejectContact "Reject-Contact" b'j', List, Headed(Head::Star), "RFC 3841 §9.2";
    /// How proxies should treat a request.
    REQUEST_DISPOSITION RequestDisposition "Request-Disposition" b'd', List, Token, "RFC 3841 §9.1";
    /// Which precedence a request has.
    RESOURCE_PRIORITY ResourcePriority "Resource-Priority", List, Token, "RFC 4412 §3.1";
    /// Which precedences the sender knows.
    ACCEPT_RESOURCE_PRIORITY AcceptResourcePriority "Accept-Resource-Priority", ListOrEmpty, Token, "RFC 4412 §3.2";
    /// The recipients whose consent is missing.
    PERMISSION_MISSING PermissionMissing "Permission-Missing", List, NameAddr, "RFC 5360 §5.9.3";
    /// Where to ask for consent.
    TRIGGER_CONSENT TriggerConsent "Trigger-Consent", List, NameAddr, "RFC 5360 §5.11.2";
    /// Whom to ask for a session policy.
    POLICY_CONTACT PolicyContact "Policy-Contact", List, Link, "RFC 6794 §4.4.5";
    /// Which policies were followed.
    POLICY_ID PolicyId "Policy-ID", List, NameAddr, "RFC 6794 §4.4.5";

    // Identity, privacy and security.

    /// What to keep private.
    PRIVACY Privacy "Privacy", Single, Headed(Head::Token), "RFC 3323 §4.2";
    /// Who the network says the sender is.
    P_ASSERTED_IDENTITY PAssertedIdentity "P-Asserted-Identity", List, NameAddr, "RFC 3325 §9.1";
    /// Which of its identities the sender would have asserted.
    P_PREFERRED_IDENTITY PPreferredIdentity "P-Preferred-Identity", List, NameAddr, "RFC 3325 §9.2";
    /// A signature over who the sender is.
    IDENTITY Identity "Identity" b'y', Lines, Headed(Head::Base64), "RFC 8224 §4";
    /// The certificate of the signature, of old.
    IDENTITY_INFO IdentityInfo "Identity-Info" b'n', Single, Link, "RFC 4474 §9";
    /// Who the sender is, as a draft had it and many gateways still do.
    REMOTE_PARTY_ID RemotePartyId "Remote-Party-ID", List, NameAddr, "draft-ietf-sip-privacy-04";
    /// The same from a proxy, beside Authentication-Info.
    PROXY_AUTHENTICATION_INFO ProxyAuthenticationInfo "Proxy-Authentication-Info", Single, AuthInfo, "RFC 7616 §3.5";
    /// The security mechanisms of the client.
    SECURITY_CLIENT SecurityClient "Security-Client", List, Headed(Head::Token), "RFC 3329 §2.2";
    /// The security mechanisms of the server.
    SECURITY_SERVER SecurityServer "Security-Server", List, Headed(Head::Token), "RFC 3329 §2.2";
    /// The server's mechanisms as the client got them.
    SECURITY_VERIFY SecurityVerify "Security-Verify", List, Headed(Head::Token), "RFC 3329 §2.2";

    // Location.

    /// Where the sender is.
    GEOLOCATION Geolocation "Geolocation", List, Link, "RFC 6442 §4.1";
    /// Whether proxies may route by the location.
    GEOLOCATION_ROUTING GeolocationRouting "Geolocation-Routing", Single, Headed(Head::Token), "RFC 6442 §4.2";
    /// What was wrong with the location.
    GEOLOCATION_ERROR GeolocationError "Geolocation-Error", Single, Headed(Head::Number), "RFC 6442 §4.4";

    // The headers of 3GPP and of PacketCable.

    /// Which access network the sender is in.
    P_ACCESS_NETWORK_INFO PAccessNetworkInfo "P-Access-Network-Info", List, Headed(Head::Token), "RFC 7315 §5.4";
    /// The other identities of a registered user.
    P_ASSOCIATED_URI PAssociatedUri "P-Associated-URI", ListOrEmpty, Route, "RFC 7315 §5.1";
    /// Whom the caller called, before the request was retargeted.
    P_CALLED_PARTY_ID PCalledPartyId "P-Called-Party-ID", Single, Route, "RFC 7315 §5.2";
    /// What ties the charging records of a session together.
    P_CHARGING_VECTOR PChargingVector "P-Charging-Vector", Single, ParamList, "RFC 7315 §5.6";
    /// Where charging records go.
    P_CHARGING_FUNCTION_ADDRESSES PChargingFunctionAddresses "P-Charging-Function-Addresses", List, ParamList, "RFC 7315 §5.5";
    /// The network that the user is visiting.
    P_VISITED_NETWORK_ID PVisitedNetworkId "P-Visited-Network-ID", List, Headed(Head::TokenOrQuoted), "RFC 7315 §5.3";
    /// Whether early media may pass.
    P_EARLY_MEDIA PEarlyMedia "P-Early-Media", ListOrEmpty, Token, "RFC 5009 §8";
    /// The user that a request is served for.
    P_SERVED_USER PServedUser "P-Served-User", Single, NameAddr, "RFC 5502 §7";
    /// The service that the network says a request is of.
    P_ASSERTED_SERVICE PAssertedService "P-Asserted-Service", List, NameAddr, "RFC 6050 §4.1";
    /// The service that the sender would have asserted.
    P_PREFERRED_SERVICE PPreferredService "P-Preferred-Service", List, NameAddr, "RFC 6050 §4.2";
    /// The key of the profile that a request is for.
    P_PROFILE_KEY PProfileKey "P-Profile-Key", Single, NameAddr, "RFC 5002 §4";
    /// The database that has the user's profile.
    P_USER_DATABASE PUserDatabase "P-User-Database", Single, Link, "RFC 4457 §4";
    /// The tokens that admit a session's media.
    P_MEDIA_AUTHORIZATION PMediaAuthorization "P-Media-Authorization", List, Token, "RFC 3313 §5.1";
    /// Whether an answer is the user's or the network's.
    P_ANSWER_STATE PAnswerState "P-Answer-State", Single, Headed(Head::Token), "RFC 4964 §7.1";
    /// The lists that a server did not take apart.
    P_REFUSED_URI_LIST PRefusedUriList "P-Refused-URI-List", List, NameAddr, "RFC 5318 §5";
    /// The private network that a request belongs to.
    P_PRIVATE_NETWORK_INDICATION PPrivateNetworkIndication "P-Private-Network-Indication", Single, Headed(Head::Token), "RFC 7316 §8";
    /// Whom to charge.
    P_CHARGE_INFO PChargeInfo "P-Charge-Info", Single, NameAddr, "RFC 8496 §6";
    /// Whom a malicious call is to be traced to.
    P_DCS_TRACE_PARTY_ID PDcsTracePartyId "P-DCS-Trace-Party-ID", Single, Route, "RFC 5503 §4.1";
    /// The operator services of a call.
    P_DCS_OSPS PDcsOsps "P-DCS-OSPS", Single, Token, "RFC 5503 §5.1";

    /// Whom a call was first for, and how often it was redirected.
    P_DCS_REDIRECT PDcsRedirect "P-DCS-Redirect", Single, Headed(Head::TokenOrQuoted), "RFC 5503 §8.1";

    // Of bodies, and of WebSocket.

    /// Names a body or a part of one.
    CONTENT_ID ContentId "Content-ID", Single, Text, "RFC 8262 §3.1";
    /// How a part is encoded for its way.
    CONTENT_TRANSFER_ENCODING ContentTransferEncoding "Content-Transfer-Encoding", Single, Token, "RFC 2045 §6.1";
    /// What a part is, in words.
    CONTENT_DESCRIPTION ContentDescription "Content-Description", Single, Text, "RFC 2045 §8";
    /// The subprotocol of a WebSocket, `sip`, where a handshake is looked at.
    SEC_WEBSOCKET_PROTOCOL SecWebSocketProtocol "Sec-WebSocket-Protocol", List, Token, "RFC 7118 §4.1";
}

impl Known {
    /// The row; `None` for [`Known::None`].
    pub(crate) fn row(self) -> Option<&'static Row> {
        ROWS.get((self as usize).wrapping_sub(1))
    }
}
