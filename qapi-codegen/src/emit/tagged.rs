//! Enums that a member tells apart.

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::{allow_unused, may_be_gone};
use super::doc::{emit_docs, emit_type_about};
use super::json::parameter;
use super::lifetime::Subject;
use super::serde::emit_impls;
use super::variant::emit_variant;
use crate::ident::Ident;
use crate::ir::{Branch, Cfg, TaggedEnum};

/// An enum and everything that it implements.
pub(super) fn emit_tagged(tagged: &TaggedEnum) -> TokenStream {
    let ty = Subject::from(tagged).ty();
    let about = emit_type_about(&tagged.about, &["Clone", "Debug", "PartialEq"]);
    let large = has_payload(tagged).then(|| quote!(#[allow(clippy::large_enum_variant)]));
    let variants = tagged
        .branches
        .iter()
        .map(|it| emit_variant(&it.about, &it.cfg, &it.ident, it.payload.as_ref()));
    let other = tagged.other.iter().map(|other| emit_other(tagged, other));
    let inherent = emit_inherent(tagged);
    let serde = tagged.whole.then(|| emit_whole(tagged));
    quote! {
        #about
        #large
        #[non_exhaustive]
        pub enum #ty { #(#variants,)* #(#other,)* }
        #inherent
        #serde
    }
}

/// Whether a variant has any, which for unknown branches each does.
fn has_payload(tagged: &TaggedEnum) -> bool {
    let mut branches = tagged.branches.iter();
    tagged.other.is_some() || branches.any(|branch| branch.payload.is_some())
}

/// When there are variants that have any.
fn payload_cfgs(tagged: &TaggedEnum) -> impl Iterator<Item = &Cfg> {
    let full = tagged.branches.iter();
    let full = full.filter(|branch| branch.payload.is_some());
    let always = tagged.other.is_some().then_some(const { &Cfg(Vec::new()) });
    full.map(|branch| &branch.cfg).chain(always)
}

/// Whether there may be no branches, although there are some.
fn may_be_empty(tagged: &TaggedEnum) -> bool {
    may_be_gone(tagged.branches.iter().map(|branch| &branch.cfg))
}

fn emit_other(tagged: &TaggedEnum, ident: &Ident) -> TokenStream {
    let tag = &tagged.tag.ty;
    quote! {
        /// What a tag brings that the schema does not have.
        #ident(::qapi_runtime::OtherBranch<#tag>)
    }
}

fn emit_inherent(tagged: &TaggedEnum) -> TokenStream {
    let (generics, ty) = (Subject::from(tagged).generics(), Subject::from(tagged).ty());
    let tag = emit_tag(tagged);
    let decode = emit_decode(tagged);
    let encode = emit_encode(tagged);
    quote! {
        impl #generics #ty {
            #tag
            #decode
            #encode
        }
    }
}

fn emit_tag(tagged: &TaggedEnum) -> TokenStream {
    let docs = emit_docs(&[format!("The `{}` member.", tagged.tag.wire_name)]);
    let ty = &tagged.tag.ty;
    let is_empty = tagged.branches.is_empty() || may_be_empty(tagged);
    let subject = if is_empty && tagged.other.is_none() {
        quote!(*self)
    } else {
        quote!(self)
    };
    let other = tagged.other.iter();
    let arms = tagged.branches.iter().map(|branch| {
        let Branch { cfg, ident, .. } = branch;
        let payload = branch.payload.iter().map(|_| quote!((_)));
        quote!(#cfg Self::#ident #(#payload)* => #ty::#ident)
    });
    quote! {
        #docs
        pub fn tag(&self) -> #ty {
            match #subject {
                #(#arms,)*
                #(Self::#other(other) => #ty::#other(other.tag.clone()),)*
            }
        }
    }
}

fn emit_decode(tagged: &TaggedEnum) -> TokenStream {
    let ty = &tagged.tag.ty;
    let object = parameter("object", !has_payload(tagged));
    let allow = allow_unused(payload_cfgs(tagged));
    let read = quote!(::qapi_runtime::DecodeMembers::decode_members);
    let arms = tagged.branches.iter().map(|branch| {
        let Branch { cfg, ident, .. } = branch;
        match branch.payload {
            None => quote!(#cfg #ty::#ident => Ok(Self::#ident)),
            Some(_) => quote!(#cfg #ty::#ident => #read(object).map(Self::#ident)),
        }
    });
    let document = if tagged.borrows() {
        quote!('a)
    } else {
        quote!('_)
    };
    let take = quote!(::qapi_runtime::OtherBranch::take);
    let other = tagged.other.iter();
    quote! {
        #allow
        fn decode_branch(
            tag: #ty,
            #object: &mut ::qapi_runtime::Object<'_, #document>,
        ) -> Result<Self, ::qapi_runtime::DecodeError> {
            match tag {
                #(#arms,)*
                #(#ty::#other(tag) => Ok(Self::#other(#take(tag, object))),)*
            }
        }
    }
}

fn emit_encode(tagged: &TaggedEnum) -> TokenStream {
    let object = parameter("object", !has_payload(tagged));
    let allow = allow_unused(payload_cfgs(tagged));
    let body = has_payload(tagged).then(|| emit_encode_match(tagged));
    quote! {
        #allow
        fn encode_branch<S: ::qapi_runtime::serde::Serializer>(
            &self,
            #object: &mut ::qapi_runtime::ObjectEncoder<S>,
        ) {
            #body
        }
    }
}

fn emit_encode_match(tagged: &TaggedEnum) -> TokenStream {
    let (full, empty): (Vec<_>, Vec<_>) = tagged
        .branches
        .iter()
        .partition(|branch| branch.payload.is_some());
    // Where there is but one, clippy asks for this.
    if let ([Branch { cfg, ident, .. }], None) = (full.as_slice(), &tagged.other)
        && cfg.is_always()
        && !empty.is_empty()
    {
        return quote!(if let Self::#ident(branch) = self { object.branch(branch); });
    }
    let (subject, branch) = match may_be_empty(tagged) && tagged.other.is_none() {
        true => (quote!(*self), quote!(ref branch)),
        false => (quote!(self), quote!(branch)),
    };
    let arms = full.iter().map(
        |Branch { cfg, ident, .. }| quote!(#cfg Self::#ident(#branch) => object.branch(branch),),
    );
    let other = tagged.other.iter();
    let rest = emit_rest(&empty);
    quote! {
        match #subject {
            #(#arms)*
            #(Self::#other(branch) => object.branch(branch),)*
            #rest
        }
    }
}

/// The arms for variants without a payload. One for all of them would be too
/// much where the compiler sees none.
fn emit_rest(empty: &[&Branch]) -> TokenStream {
    if empty.iter().any(|branch| branch.cfg.is_always()) {
        return quote!(_ => {});
    }
    let arms = empty
        .iter()
        .map(|Branch { cfg, ident, .. }| quote!(#cfg Self::#ident => {}));
    quote!(#(#arms)*)
}

/// The traits of an object that consists of the tag and a branch.
fn emit_whole(tagged: &TaggedEnum) -> TokenStream {
    let wire_name = &tagged.tag.wire_name;
    let decode = quote! {
        let tag = object.required(#wire_name)?;
        Self::decode_branch(tag, object)
    };
    let encode = quote! {
        object.required(#wire_name, &self.tag());
        self.encode_branch(&mut object);
    };
    emit_impls(tagged.into(), &None, (false, decode), &encode)
}
