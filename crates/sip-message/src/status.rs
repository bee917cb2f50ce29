//! Status codes (RFC 3261 §7.2, §21) with their registered reason phrases.

use core::fmt;

/// A status code from 100 to 699.
///
/// ```
/// use sip_message::{StatusClass, StatusCode};
/// assert_eq!(StatusCode::RINGING.code(), 180);
/// assert_eq!(StatusCode::RINGING.reason(), Some("Ringing"));
/// let odd = StatusCode::new(499).unwrap();
/// assert_eq!(odd.reason(), None);
/// assert_eq!(odd.class(), StatusClass::ClientError);
/// assert_eq!(StatusCode::new(700), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusCode(u16);

/// The six classes of RFC 3261 §7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusClass {
    /// 1xx: received, being worked on.
    Provisional,
    /// 2xx: received, understood and accepted.
    Success,
    /// 3xx: to be tried elsewhere.
    Redirection,
    /// 4xx: not here as it stands.
    ClientError,
    /// 5xx: this server fails.
    ServerError,
    /// 6xx: nowhere.
    GlobalFailure,
}

macro_rules! codes {
    ($($code:literal $konst:ident $reason:literal $rfc:literal;)+) => {
        impl StatusCode {
            $(#[doc = concat!("`", $code, " ", $reason, "` (", $rfc, ").")]
            pub const $konst: Self = Self($code);)+

            /// The codes in the IANA registry.
            pub const REGISTERED: &'static [Self] = &[$(Self::$konst),+];

            /// The registered reason phrase; `None` for a code that is not registered.
            #[must_use]
            pub fn reason(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some($reason),)+
                    _ => None,
                }
            }
        }
    };
}

codes! {
    100 TRYING "Trying" "RFC 3261 §21.1.1";
    180 RINGING "Ringing" "RFC 3261 §21.1.2";
    181 CALL_IS_BEING_FORWARDED "Call Is Being Forwarded" "RFC 3261 §21.1.3";
    182 QUEUED "Queued" "RFC 3261 §21.1.4";
    183 SESSION_PROGRESS "Session Progress" "RFC 3261 §21.1.5";
    199 EARLY_DIALOG_TERMINATED "Early Dialog Terminated" "RFC 6228";
    200 OK "OK" "RFC 3261 §21.2.1";
    202 ACCEPTED "Accepted" "RFC 6665 §8.3.1";
    204 NO_NOTIFICATION "No Notification" "RFC 5839 §7.1";
    300 MULTIPLE_CHOICES "Multiple Choices" "RFC 3261 §21.3.1";
    301 MOVED_PERMANENTLY "Moved Permanently" "RFC 3261 §21.3.2";
    302 MOVED_TEMPORARILY "Moved Temporarily" "RFC 3261 §21.3.3";
    305 USE_PROXY "Use Proxy" "RFC 3261 §21.3.4";
    380 ALTERNATIVE_SERVICE "Alternative Service" "RFC 3261 §21.3.5";
    400 BAD_REQUEST "Bad Request" "RFC 3261 §21.4.1";
    401 UNAUTHORIZED "Unauthorized" "RFC 3261 §21.4.2";
    402 PAYMENT_REQUIRED "Payment Required" "RFC 3261 §21.4.3";
    403 FORBIDDEN "Forbidden" "RFC 3261 §21.4.4";
    404 NOT_FOUND "Not Found" "RFC 3261 §21.4.5";
    405 METHOD_NOT_ALLOWED "Method Not Allowed" "RFC 3261 §21.4.6";
    406 NOT_ACCEPTABLE "Not Acceptable" "RFC 3261 §21.4.7";
    407 PROXY_AUTHENTICATION_REQUIRED "Proxy Authentication Required" "RFC 3261 §21.4.8";
    408 REQUEST_TIMEOUT "Request Timeout" "RFC 3261 §21.4.9";
    410 GONE "Gone" "RFC 3261 §21.4.10";
    412 CONDITIONAL_REQUEST_FAILED "Conditional Request Failed" "RFC 3903 §11.2.1";
    413 REQUEST_ENTITY_TOO_LARGE "Request Entity Too Large" "RFC 3261 §21.4.11";
    414 URI_TOO_LONG "Request-URI Too Long" "RFC 3261 §21.4.12";
    415 UNSUPPORTED_MEDIA_TYPE "Unsupported Media Type" "RFC 3261 §21.4.13";
    416 UNSUPPORTED_URI_SCHEME "Unsupported URI Scheme" "RFC 3261 §21.4.14";
    417 UNKNOWN_RESOURCE_PRIORITY "Unknown Resource-Priority" "RFC 4412 §12.4";
    420 BAD_EXTENSION "Bad Extension" "RFC 3261 §21.4.15";
    421 EXTENSION_REQUIRED "Extension Required" "RFC 3261 §21.4.16";
    422 SESSION_INTERVAL_TOO_SMALL "Session Interval Too Small" "RFC 4028 §6";
    423 INTERVAL_TOO_BRIEF "Interval Too Brief" "RFC 3261 §21.4.17";
    424 BAD_LOCATION_INFORMATION "Bad Location Information" "RFC 6442 §4.3";
    425 BAD_ALERT_MESSAGE "Bad Alert Message" "RFC 8876";
    428 USE_IDENTITY_HEADER "Use Identity Header" "RFC 8224 §6.2.2";
    429 PROVIDE_REFERRER_IDENTITY "Provide Referrer Identity" "RFC 3892 §5";
    430 FLOW_FAILED "Flow Failed" "RFC 5626 §11.5";
    433 ANONYMITY_DISALLOWED "Anonymity Disallowed" "RFC 5079 §5";
    436 BAD_IDENTITY_INFO "Bad Identity Info" "RFC 8224 §6.2.2";
    437 UNSUPPORTED_CREDENTIAL "Unsupported Credential" "RFC 8224 §6.2.2";
    438 INVALID_IDENTITY_HEADER "Invalid Identity Header" "RFC 8224 §6.2.2";
    439 FIRST_HOP_LACKS_OUTBOUND_SUPPORT "First Hop Lacks Outbound Support" "RFC 5626 §11.6";
    440 MAX_BREADTH_EXCEEDED "Max-Breadth Exceeded" "RFC 5393 §6.2";
    469 BAD_INFO_PACKAGE "Bad Info Package" "RFC 6086 §11.6";
    470 CONSENT_NEEDED "Consent Needed" "RFC 5360 §5.9.2";
    480 TEMPORARILY_UNAVAILABLE "Temporarily Unavailable" "RFC 3261 §21.4.18";
    481 CALL_DOES_NOT_EXIST "Call/Transaction Does Not Exist" "RFC 3261 §21.4.19";
    482 LOOP_DETECTED "Loop Detected" "RFC 3261 §21.4.20";
    483 TOO_MANY_HOPS "Too Many Hops" "RFC 3261 §21.4.21";
    484 ADDRESS_INCOMPLETE "Address Incomplete" "RFC 3261 §21.4.22";
    485 AMBIGUOUS "Ambiguous" "RFC 3261 §21.4.23";
    486 BUSY_HERE "Busy Here" "RFC 3261 §21.4.24";
    487 REQUEST_TERMINATED "Request Terminated" "RFC 3261 §21.4.25";
    488 NOT_ACCEPTABLE_HERE "Not Acceptable Here" "RFC 3261 §21.4.26";
    489 BAD_EVENT "Bad Event" "RFC 6665 §8.3.2";
    491 REQUEST_PENDING "Request Pending" "RFC 3261 §21.4.27";
    493 UNDECIPHERABLE "Undecipherable" "RFC 3261 §21.4.28";
    494 SECURITY_AGREEMENT_REQUIRED "Security Agreement Required" "RFC 3329 §2.3.1";
    500 SERVER_INTERNAL_ERROR "Server Internal Error" "RFC 3261 §21.5.1";
    501 NOT_IMPLEMENTED "Not Implemented" "RFC 3261 §21.5.2";
    502 BAD_GATEWAY "Bad Gateway" "RFC 3261 §21.5.3";
    503 SERVICE_UNAVAILABLE "Service Unavailable" "RFC 3261 §21.5.4";
    504 SERVER_TIMEOUT "Server Time-out" "RFC 3261 §21.5.5";
    505 VERSION_NOT_SUPPORTED "Version Not Supported" "RFC 3261 §21.5.6";
    513 MESSAGE_TOO_LARGE "Message Too Large" "RFC 3261 §21.5.7";
    555 PUSH_NOTIFICATION_SERVICE_NOT_SUPPORTED "Push Notification Service Not Supported" "RFC 8599 §8.1";
    580 PRECONDITION_FAILURE "Precondition Failure" "RFC 3312 §8";
    600 BUSY_EVERYWHERE "Busy Everywhere" "RFC 3261 §21.6.1";
    603 DECLINE "Decline" "RFC 3261 §21.6.2";
    604 DOES_NOT_EXIST_ANYWHERE "Does Not Exist Anywhere" "RFC 3261 §21.6.3";
    606 NOT_ACCEPTABLE_ANYWHERE "Not Acceptable" "RFC 3261 §21.6.4";
    607 UNWANTED "Unwanted" "RFC 8197";
    608 REJECTED "Rejected" "RFC 8688";
}

impl StatusCode {
    /// A status code; `None` outside 100 to 699.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        if code >= 100 && code <= 699 { Some(Self(code)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The class, by which an unknown code is treated (RFC 3261 §8.1.3.2).
    #[must_use]
    pub const fn class(self) -> StatusClass {
        match self.0 / 100 {
            1 => StatusClass::Provisional,
            2 => StatusClass::Success,
            3 => StatusClass::Redirection,
            4 => StatusClass::ClientError,
            5 => StatusClass::ServerError,
            _ => StatusClass::GlobalFailure,
        }
    }

    /// Whether it is 1xx.
    #[must_use]
    pub const fn is_provisional(self) -> bool {
        self.0 < 200
    }

    /// Whether it ends a transaction: anything but 1xx.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !self.is_provisional()
    }

    /// Whether it is 2xx.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 / 100 == 2
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_class_of_its_first_digit() {
        for code in 100..700 {
            let status = StatusCode::new(code).expect("in range");
            assert_eq!(status.class() as u16 + 1, code / 100);
            assert_eq!(status.is_final(), code >= 200);
        }
        assert!(StatusCode::REGISTERED.iter().all(|status| status.reason().is_some()));
        assert!(StatusCode::REGISTERED.is_sorted());
        for bad in [0, 5, 99, 700, 999, u16::MAX] {
            assert_eq!(StatusCode::new(bad), None);
        }
    }
}
