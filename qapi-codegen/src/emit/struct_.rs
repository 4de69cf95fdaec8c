//! Structs: the type, its constructor and its setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::{emit_predicate, may_be_gone};
use super::doc::{emit_about, emit_docs, emit_type_about};
use super::lifetime::Subject;
use super::serde;
use super::ty::{emit_argument, emit_parameter, emit_type};
use crate::ir::{BranchField, Field, Struct};

/// The number of parameters from which clippy asks for another design. The
/// schema has decided.
const MANY_PARAMETERS: usize = 8;

/// A struct and everything that it implements.
pub(super) fn emit_struct(struct_: &Struct) -> TokenStream {
    let Struct {
        about,
        fields,
        branch,
        ..
    } = struct_;
    let is_empty_at_first = required(struct_).next().is_none() && branch.is_none();
    let about = if is_empty_at_first {
        emit_type_about(about, &["Clone", "Debug", "Default", "PartialEq"])
    } else {
        emit_type_about(about, &["Clone", "Debug", "PartialEq"])
    };
    let default = emit_default(struct_);
    let subject = Subject::from(struct_);
    let (generics, ty) = (subject.generics(), subject.ty());
    let declarations = fields.iter().map(emit_field);
    let branch = branch.iter().map(emit_branch_field);
    let constructor = emit_constructor(struct_);
    let setters = fields
        .iter()
        .filter(|field| field.optional)
        .map(emit_setter);
    let serde = serde::emit_object(struct_);
    quote! {
        #about
        #default
        #[non_exhaustive]
        pub struct #ty {
            #(#declarations,)*
            #(#branch,)*
        }
        impl #generics #ty {
            #constructor
            #(#setters)*
        }
        #serde
    }
}

/// A default for when the compiler sees no required member, although there are some.
fn emit_default(struct_: &Struct) -> Option<TokenStream> {
    let cfgs = required(struct_).map(|field| &field.cfg);
    if struct_.branch.is_some() || !may_be_gone(cfgs.clone()) {
        return None;
    }
    let predicates: Vec<_> = cfgs.filter_map(emit_predicate).collect();
    Some(match predicates.as_slice() {
        [one] => quote!(#[cfg_attr(not(#one), derive(Default))]),
        several => quote!(#[cfg_attr(not(any(#(#several),*)), derive(Default))]),
    })
}

fn required(struct_: &Struct) -> impl Iterator<Item = &Field> + Clone {
    struct_.fields.iter().filter(|field| !field.optional)
}

fn emit_field(field: &Field) -> TokenStream {
    let Field { cfg, ident, ty, .. } = field;
    let about = emit_about(&field.about);
    let ty = emit_type(ty);
    let ty = if field.optional {
        quote!(Option<#ty>)
    } else {
        ty
    };
    quote!(#about #cfg pub #ident: #ty)
}

fn emit_branch_field(branch: &BranchField) -> TokenStream {
    let ident = &branch.ident;
    let ty = Subject::from(branch).ty();
    let about = emit_about(&branch.about);
    quote!(#about pub #ident: #ty)
}

fn emit_constructor(struct_: &Struct) -> TokenStream {
    let docs = emit_docs(&[constructor_doc(struct_)]);
    let branch = struct_.branch.iter();
    let branch_parameters = branch.clone().map(|branch| {
        let ident = &branch.ident;
        let ty = Subject::from(branch).ty();
        quote!(#ident: #ty)
    });
    let branch_values = branch.map(|branch| &branch.ident);
    let parameters = required(struct_).map(|field| {
        let Field { cfg, ident, .. } = field;
        let ty = emit_parameter(field);
        quote!(#cfg #ident: #ty)
    });
    let parameters: Vec<_> = parameters.chain(branch_parameters).collect();
    let values = struct_.fields.iter().map(emit_initial);
    let allow =
        (parameters.len() >= MANY_PARAMETERS).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #docs
        #allow
        pub fn new(#(#parameters),*) -> Self {
            Self { #(#values,)* #(#branch_values,)* }
        }
    }
}

fn constructor_doc(struct_: &Struct) -> &'static str {
    let has_required = required(struct_).next().is_some() || struct_.branch.is_some();
    let has_optional = struct_.fields.iter().any(|field| field.optional);
    match (has_required, has_optional) {
        (true, true) => {
            "With the required members; the optional ones are absent until they are set."
        }
        (true, false) => "With all members.",
        (false, true) => "Without any member; all are absent until they are set.",
        (false, false) => "There are no members.",
    }
}

/// What a field starts as.
fn emit_initial(field: &Field) -> TokenStream {
    let Field { cfg, ident, .. } = field;
    let value = emit_argument(field);
    if field.optional {
        quote!(#cfg #ident: None)
    } else if *ident == value.to_string() {
        quote!(#cfg #ident)
    } else {
        quote!(#cfg #ident: #value)
    }
}

fn emit_setter(field: &Field) -> TokenStream {
    let Field {
        cfg,
        ident,
        wire_name,
        ..
    } = field;
    let docs = emit_docs(&[format!("Sets the `{wire_name}` member.")]);
    let deprecated = field
        .about
        .deprecated
        .is_some()
        .then(|| quote!(#[deprecated]));
    let ty = emit_parameter(field);
    let value = emit_argument(field);
    quote! {
        #docs
        #cfg
        #deprecated
        #[must_use]
        pub fn #ident(mut self, #ident: #ty) -> Self {
            self.#ident = Some(#value);
            self
        }
    }
}
