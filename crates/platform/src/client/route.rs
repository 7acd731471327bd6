//! How a route becomes a method: one line says the verb, the path, what is sent and what is given.
//! The same line enters the table of routes, so a method cannot go elsewhere than the table says.

/// Writes the methods of a table, and the table.
macro_rules! routes {
    ($($(#[$doc:meta])* $kind:ident $method:ident $path:literal $name:ident($($arg:ident),*) $(sends $body:ty)? $(, gives $out:ty)?;)*) => {
        /// Method and path of each route of this table.
        pub(super) const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        impl $crate::Client {
            $($crate::client::route::route! { $kind [$($doc),*] $method $path $name [$($arg),*] [$($body)?] [$($out)?] })*
        }
    };
}

/// One method. `one` reads an entity, `asked` does with parameters, `all` reads every page;
/// `make` creates and is never repeated; `save` may be repeated; `act` sends nothing and may be
/// repeated, `once` neither; `cut` deletes by parameters; `file` reads bytes; `send` and `replace`
/// carry a file.
macro_rules! route {
    (@doc [$($doc:meta),*] $method:ident $path:literal $($item:tt)*) => {
        $(#[$doc])*
        #[doc = concat!("`", stringify!($method), " ", $path, "`")]
        $($item)*
    };
    (one $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] [$out:ty]) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str),*) -> Result<$out, $crate::Refusal> {
            self.get(&$crate::client::fill($path, &[$($arg),*]), &$crate::Query::new()).await
        } }
    };
    (asked $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] [$out:ty]) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* query: &$crate::Query) -> Result<$out, $crate::Refusal> {
            self.get(&$crate::client::fill($path, &[$($arg),*]), query).await
        } }
    };
    (all $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] [$out:ty]) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* query: &$crate::Query) -> Result<Vec<$out>, $crate::Refusal> {
            self.list(&$crate::client::fill($path, &[$($arg),*]), query).await
        } }
    };
    (make $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [$body:ty] [$out:ty]) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* body: &$body) -> Result<$out, $crate::Refusal> {
            self.json(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), false, body).await
        } }
    };
    (save $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [$body:ty] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* body: &$body) -> Result<(), $crate::Refusal> {
            self.change(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), true, body).await
        } }
    };
    (tell $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [$body:ty] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* body: &$body) -> Result<(), $crate::Refusal> {
            self.change(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), false, body).await
        } }
    };
    (act $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str),*) -> Result<(), $crate::Refusal> {
            self.act(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), true, &$crate::Query::new()).await
        } }
    };
    (once $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str),*) -> Result<(), $crate::Refusal> {
            self.act(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), false, &$crate::Query::new()).await
        } }
    };
    (cut $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* query: &$crate::Query) -> Result<(), $crate::Refusal> {
            self.act(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), true, query).await
        } }
    };
    (count $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* query: &$crate::Query) -> Result<Option<u64>, $crate::Refusal> {
            self.ask(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), query).await
        } }
    };
    (file $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] []) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* query: &$crate::Query) -> Result<bytes::Bytes, $crate::Refusal> {
            self.bytes(&$crate::client::fill($path, &[$($arg),*]), query).await
        } }
    };
    (send $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] [$out:ty]) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* attachment: &$crate::Attachment) -> Result<$out, $crate::Refusal> {
            self.attach(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), false, attachment).await
        } }
    };
    (replace $doc:tt $method:ident $path:literal $name:ident [$($arg:ident),*] [] [$out:ty]) => {
        $crate::client::route::route! { @doc $doc $method $path pub async fn $name(&self, $($arg: &str,)* attachment: &$crate::Attachment) -> Result<$out, $crate::Refusal> {
            self.attach(reqwest::Method::$method, &$crate::client::fill($path, &[$($arg),*]), true, attachment).await
        } }
    };
}

pub(super) use {route, routes};
