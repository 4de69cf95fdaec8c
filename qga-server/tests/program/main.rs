//! The program as a user starts it: options, exit codes, signals, clients that misbehave.

mod activation;
mod attended;
mod audit;
mod clients;
mod daemon;
mod options;
mod policy;
mod running;
