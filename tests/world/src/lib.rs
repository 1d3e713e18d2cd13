//! The world around bote, for tests: models of the services that front ends speak to, as strict as those services are.
//!
//! A model keeps the service's own limits and refuses in the service's own words, since one that is laxer makes tests
//! lie. It runs inside the test's process; people act by method calls, the program under test by the network.

pub mod telegram;
