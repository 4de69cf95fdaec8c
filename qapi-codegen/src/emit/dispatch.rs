//! From the name of a command to the method, and the server around it.

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::allow_unused;
use super::command::emit_async;
use super::doc::emit_docs;
use crate::ir::{Arguments, Command, Service};

/// The function that answers one call.
pub(super) fn emit_dispatch(service: &Service) -> TokenStream {
    let ident = &service.ident;
    let docs = emit_docs(&[
        "Answers one call with the method for its command.",
        "",
        "# Errors",
        "There is no such command, its arguments are not as the schema says, or the",
        "method fails.",
    ]);
    let arms = service
        .commands
        .iter()
        .map(|command| emit_arm(service, command));
    let delimits = service.commands.iter().any(|command| command.delimited);
    let mutable = delimits.then(|| quote!(mut));
    let unused = allow_unused(service.commands.iter().map(|command| &command.cfg));
    let signature = if service.asynchronous {
        quote! {
            pub fn dispatch<'s, 'c: 's, S: #ident + Send + ?Sized>(
                service: &'s mut S,
                #mutable call: ::qapi_runtime::Call<'c>,
            ) -> ::qapi_runtime::Answering<'s>
        }
    } else {
        quote! {
            pub fn dispatch<S: #ident + ?Sized>(
                service: &mut S,
                #mutable call: ::qapi_runtime::Call<'_>,
            ) -> Result<::qapi_runtime::Outcome, ::qapi_runtime::Error>
        }
    };
    let not_found = match service.asynchronous {
        true => quote!(not_found_async),
        false => quote!(not_found),
    };
    quote! {
        #docs
        #unused
        #signature {
            match call.command() {
                #(#arms)*
                _ => call.#not_found(),
            }
        }
    }
}

fn emit_arm(service: &Service, command: &Command) -> TokenStream {
    let Command { cfg, wire_name, .. } = command;
    let answer = if service.asynchronous {
        emit_async_answer(command)
    } else {
        emit_answer(command)
    };
    let delimit = command.delimited.then(|| quote!(call.delimit();));
    quote!(#cfg #wire_name => { #delimit #answer })
}

/// What the handler of a command is called with.
fn emit_argument(command: &Command) -> (TokenStream, Option<TokenStream>) {
    match command.arguments {
        Arguments::None => (quote!(::qapi_runtime::Empty {}), None),
        Arguments::Typed(_) | Arguments::Raw => (quote!(args), Some(quote!(args))),
    }
}

fn emit_answer(command: &Command) -> TokenStream {
    let method = &command.method;
    let (pattern, argument) = emit_argument(command);
    let returns_nothing = command.success_response && command.returns.is_none();
    let finish = returns_nothing.then(|| quote!(.map(|()| ::qapi_runtime::Empty {})));
    let answer = if command.success_response {
        quote!(answer)
    } else {
        quote!(answer_silently)
    };
    quote!(call.#answer(|#pattern| service.#method(#argument) #finish))
}

fn emit_async_answer(command: &Command) -> TokenStream {
    let method = &command.method;
    let (pattern, argument) = emit_argument(command);
    let answer = match (command.success_response, &command.returns) {
        (true, None) => quote!(run_async),
        (true, Some(_)) => quote!(answer_async),
        (false, _) => quote!(answer_silently_async),
    };
    quote!(call.#answer(|#pattern| service.#method(#argument)))
}

/// The adapter from the trait to what a session serves.
pub(super) fn emit_server(service: &Service) -> TokenStream {
    let Service { ident, server, .. } = service;
    let docs = emit_docs(&[format!("Serves a [`{ident}`] to a session of the runtime.")]);
    let (bound, service_trait) = match service.asynchronous {
        true => (quote!(#ident + Send), quote!(::qapi_runtime::AsyncService)),
        false => (quote!(#ident), quote!(::qapi_runtime::Service)),
    };
    let [keyword, wait] = emit_async(service);
    let uploads = emit_uploads(service);
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, Default)]
        pub struct #server<S>(pub S);

        #[automatically_derived]
        impl<S: #bound> #service_trait for #server<S> {
            fn commands(&self) -> &'static [::qapi_runtime::CommandInfo] {
                COMMANDS
            }

            #keyword fn call(
                &mut self,
                call: ::qapi_runtime::Call<'_>,
            ) -> Result<::qapi_runtime::Outcome, ::qapi_runtime::Error> {
                dispatch(&mut self.0, call) #wait
            }

            #uploads
        }
    }
}

/// The methods of the runtime's trait that are about arguments which are taken while they are read.
fn emit_uploads(service: &Service) -> Option<TokenStream> {
    let commands = service.commands.iter();
    let uploads = commands.filter_map(|command| Some((command, command.upload.as_ref()?)));
    let rows = uploads.clone().flat_map(|(command, upload)| {
        let Command { cfg, wire_name, .. } = command;
        let members = upload.members.iter();
        members.map(move |member| {
            quote! {
                #cfg
                ::qapi_runtime::UploadInfo { command: #wire_name, member: #member }
            }
        })
    });
    let arms = uploads.clone().map(|(command, upload)| {
        let (Command { cfg, wire_name, .. }, method) = (command, &upload.method);
        quote!(#cfg #wire_name => self.0.#method(&opening.arguments()?),)
    });
    uploads.clone().next()?;
    Some(quote! {
        fn uploads(&self) -> &'static [::qapi_runtime::UploadInfo] {
            const { &[#(#rows),*] }
        }

        fn upload(
            &mut self,
            opening: &::qapi_runtime::Opening<'_>,
        ) -> Option<Box<dyn ::qapi_runtime::Upload>> {
            match opening.command() {
                #(#arms)*
                _ => None,
            }
        }
    })
}
