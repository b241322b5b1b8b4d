-- Run once, when PostgreSQL's volume is empty. The database dondoc is made by the image itself.
CREATE DATABASE prefect OWNER dondoc;
