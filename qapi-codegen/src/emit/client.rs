//! The client with one method per command.

use proc_macro2::TokenStream;
use quote::quote;

use super::command::{emit_arguments, emit_async, emit_execute, emit_returns};
use super::doc::{emit_about, emit_docs};
use crate::ir::{Command, Service};

/// How documentation names what a client leaves its work to: for an agent, and for a monitor.
fn workers(service: &Service) -> [&'static str; 2] {
    match service.asynchronous {
        // They are there only with a feature, so there may be nothing to link to.
        true => ["`client::tokio::Agent`", "`client::tokio::Qmp`"],
        false => [
            "[`Agent`](::qapi_runtime::client::Agent)",
            "[`Qmp`](::qapi_runtime::client::Qmp)",
        ],
    }
}

/// The client and its methods.
pub(super) fn emit_client(service: &Service) -> TokenStream {
    let Service { ident, client, .. } = service;
    let asks = match service.has_server {
        true => format!("Asks a [`{ident}`] at the other end of a connection."),
        false => format!("Asks a `{ident}` at the other end of a connection."),
    };
    let [agent, qmp] = workers(service);
    let docs = emit_docs(&[
        asks.as_str(),
        "",
        &format!("`C` does the work: {agent} for a guest agent or"),
        &format!("another service on a stream, {qmp} for a monitor of"),
        "QEMU.",
    ]);
    let constructors = emit_constructors(service);
    let methods = service
        .commands
        .iter()
        .map(|command| emit_method(command, service));
    let execute = emit_execute(service);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #client<C> {
            client: C,
        }

        #constructors

        impl<C: #execute> #client<C> {
            #(#methods)*
        }
    }
}

fn emit_constructors(service: &Service) -> TokenStream {
    let client = &service.client;
    let allows_oob = service.commands.iter().any(|command| command.allow_oob);
    let out_of_band = allows_oob.then(|| {
        quote! {
            /// The same client, whose commands are run out of band: at once, if
            /// they allow it.
            pub fn out_of_band(&mut self) -> #client<::qapi_runtime::client::OutOfBand<&mut C>> {
                #client::new(::qapi_runtime::client::OutOfBand(&mut self.client))
            }
        }
    });
    let over = (!service.asynchronous).then(|| {
        quote! {
            impl<Stream> #client<::qapi_runtime::client::Agent<Stream>> {
                /// A client on `stream`, which must be connected to a service that
                /// does not greet, such as a guest agent.
                pub fn over(stream: Stream) -> Self {
                    Self::new(::qapi_runtime::client::Agent::new(stream))
                }
            }
        }
    });
    quote! {
        #over

        impl<C> #client<C> {
            /// A client that runs its commands through `client`.
            pub fn new(client: C) -> Self {
                Self { client }
            }

            /// What runs the commands, for everything that has no method here.
            pub fn client(&mut self) -> &mut C {
                &mut self.client
            }

            #out_of_band
        }
    }
}

fn emit_method(command: &Command, service: &Service) -> TokenStream {
    let Command {
        cfg,
        wire_name,
        method,
        ..
    } = command;
    let about = emit_about(&command.about);
    let arguments = emit_arguments(&command.arguments);
    let parameter = arguments.as_ref().map(|ty| quote!(, args: &#ty));
    let argument = match arguments {
        Some(_) => quote!(args),
        None => quote!(&::qapi_runtime::Empty {}),
    };
    let returns = emit_returns(command);
    let body = if !command.success_response {
        quote!(self.client.execute_silently(#wire_name, #argument))
    } else if command.returns.is_none() {
        quote!(self.client.run(#wire_name, #argument))
    } else {
        quote!(self.client.execute(#wire_name, #argument))
    };
    let [keyword, wait] = emit_async(service);
    quote! {
        #about
        #cfg
        pub #keyword fn #method(
            &mut self #parameter
        ) -> Result<#returns, ::qapi_runtime::client::ClientError> {
            #body #wait
        }
    }
}
