//! The trait with one method per command, and the table of commands.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc::{emit_about, emit_docs};
use super::ty::{emit_type, emit_type_with};
use crate::ir::{Arguments, Command, Service, Upload};

/// The trait that a server implements.
pub(super) fn emit_trait(service: &Service) -> TokenStream {
    let ident = &service.ident;
    let docs = emit_docs(&[
        "The commands of the schema, one method each.",
        "",
        "No method has a body here: a command that a newer schema brings has to be",
        "answered before an implementation compiles again.",
    ]);
    let methods = service
        .commands
        .iter()
        .map(|command| emit_method(service, command));
    quote! {
        #docs
        pub trait #ident { #(#methods)* }
    }
}

fn emit_method(service: &Service, command: &Command) -> TokenStream {
    let Command { cfg, method, .. } = command;
    let about = emit_about(&command.about);
    let arguments = emit_arguments(&command.arguments).map(|ty| quote!(, args: #ty));
    let returns = emit_returns(command);
    let result = quote!(Result<#returns, ::qapi_runtime::Error>);
    let result = if service.asynchronous {
        quote!(impl ::core::future::Future<Output = #result> + Send)
    } else {
        result
    };
    let upload = command.upload.as_ref();
    let upload = upload.map(|upload| emit_upload_method(command, upload));
    quote! {
        #about
        #cfg
        fn #method(&mut self #arguments) -> #result;
        #upload
    }
}

fn emit_upload_method(command: &Command, upload: &Upload) -> TokenStream {
    let Command { cfg, wire_name, .. } = command;
    let docs = emit_docs(&[
        &format!("A call of `{wire_name}` is being read, and a long argument of it comes."),
        "",
        "What takes it, or nothing if it should stay in memory: see the module",
        "[`upload`](::qapi_runtime::upload). Only what came before it is here.",
    ]);
    let signature = emit_upload_signature(command, upload);
    quote! {
        #docs
        #cfg
        #signature;
    }
}

/// The method that makes an upload, but for its body.
pub(super) fn emit_upload_signature(command: &Command, upload: &Upload) -> TokenStream {
    let (method, arguments) = (&upload.method, emit_arguments(&command.arguments));
    quote! {
        fn #method(
            &mut self,
            args: &#arguments,
        ) -> Option<Box<dyn ::qapi_runtime::Upload>>
    }
}

/// What stands before `fn` and behind a call, where methods are asynchronous.
pub(super) fn emit_async(service: &Service) -> [Option<TokenStream>; 2] {
    [quote!(async), quote!(.await)].map(|tokens| service.asynchronous.then_some(tokens))
}

/// What a client has to implement that runs commands.
pub(super) fn emit_execute(service: &Service) -> TokenStream {
    match service.asynchronous {
        true => quote!(::qapi_runtime::client::AsyncExecute),
        false => quote!(::qapi_runtime::client::Execute),
    }
}

/// The type of a command's arguments.
pub(super) fn emit_arguments(arguments: &Arguments) -> Option<TokenStream> {
    match arguments {
        Arguments::None => None,
        Arguments::Typed(ty) => Some(emit_type_with(ty, &quote!('_))),
        Arguments::Raw => Some(quote!(::qapi_runtime::Map<String, ::qapi_runtime::Value>)),
    }
}

/// The type of a command's answer, if it is sent at all.
pub(super) fn emit_returns(command: &Command) -> TokenStream {
    let returns = command.returns.as_ref();
    let returns = returns.filter(|_| command.success_response);
    returns.map_or_else(|| quote!(()), emit_type)
}

/// What there is to know about each command, in the order of the schema.
pub(super) fn emit_table(service: &Service) -> TokenStream {
    let rows = service.commands.iter().map(emit_row);
    quote! {
        /// What there is to know about each command, in the order of the schema.
        pub static COMMANDS: &[::qapi_runtime::CommandInfo] = &[#(#rows),*];
    }
}

fn emit_row(command: &Command) -> TokenStream {
    let Command {
        cfg,
        wire_name,
        success_response,
        allow_oob,
        allow_preconfig,
        features,
        ..
    } = command;
    quote! {
        #cfg
        ::qapi_runtime::CommandInfo {
            name: #wire_name,
            success_response: #success_response,
            allow_oob: #allow_oob,
            allow_preconfig: #allow_preconfig,
            features: &[#(#features),*],
        }
    }
}
